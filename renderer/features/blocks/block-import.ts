import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { ImportResult } from '#core/model/block.ts'
import type { Failure } from '#core/model/failure.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'
import { forgetBlocks } from '#renderer/stores/brought.ts'
import { finishDeletions } from './block-actions.ts'
import { readBlockList } from './block-list.ts'

/** An import that somebody still works through: it stays while its secrets are filled in. */
export type ImportState = {
  readonly file: string
  readonly result: ImportResult | null
  readonly failure: Failure | null
}

export const useImport = create<ImportState>(() => ({ file: '', result: null, failure: null }))

export const closeImport = (): void => useImport.setState({ file: '', result: null, failure: null })

export const importBlocks = async (engine: Engine, file: { name: string; text: string }): Promise<void> => {
  forgetBlocks()
  try {
    await finishDeletions()
    const result = await engine.client.blocks.import({ text: file.text })
    await readBlockList(engine)
    useImport.setState({ file: file.name, result, failure: null })
  } catch (error) {
    useImport.setState({ file: file.name, result: null, failure: failureOfCall(error) })
  }
}

export const importFile = async (engine: Engine, host: Host): Promise<void> => {
  const file = await host.openFile()
  if (file) await importBlocks(engine, file)
}
