import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { goTo } from './navigation.ts'
import { useSession } from './session.ts'

type TextFile = { readonly name: string; readonly text: string }

/** What somebody brought to the window for the page that takes it; that page takes it away from here. */
export type BroughtState = {
  /** Exported blocks to be imported. */
  readonly blocks: TextFile | null
  /** A flow that could not be taken in since the library has one of its name. */
  readonly clash: { readonly text: string; readonly failure: Failure } | null
  /** A key for a new block of a type. It is here only until the form for that block opens. */
  readonly key: { readonly type: string; readonly field: string; readonly value: string } | null
}

export const useBrought = create<BroughtState>(() => ({ blocks: null, clash: null, key: null }))

export const holdsBlocks = (text: string): boolean => /^millrace_blocks\s*:/m.test(text)

export const bringBlocks = (file: TextFile): void => {
  useBrought.setState({ blocks: { name: file.name, text: file.text } })
  goTo({ page: 'blocks' })
}

/** Begins a block with it, of the first type whose key it is. Refused with what it is where it is none. */
export const bringKey = async (engine: Engine, { name, text }: TextFile): Promise<void> => {
  const { blockTypes } = useSession.getState()
  // A window that has only just opened may not know them yet.
  const types = blockTypes.size > 0 ? [...blockTypes.values()] : await engine.client.blocks.types()
  const takers = types.flatMap(({ type, secrets }) =>
    Object.entries(secrets).flatMap(([field, { file }]) => (file ? [{ type, field }] : [])),
  )
  let refusal: Failure | null = null
  for (const { type, field } of takers) {
    try {
      const { shown } = await engine.client.blocks.look({ type, field, value: text })
      if (Object.keys(shown).length === 0) continue
      useBrought.setState({ key: { type, field, value: text } })
      return goTo({ page: 'new-block', type })
    } catch (error) {
      refusal ??= failureOfCall(error)
    }
  }
  throw new Refused(refusal ?? { code: 'invalid', message: `${name} is no key that a block takes.` })
}

/** The key that was brought for this type, by its field. */
export const broughtKey = (type: string): Readonly<Record<string, string>> => {
  const { key } = useBrought.getState()
  return key?.type === type ? { [key.field]: key.value } : {}
}

/** Whoever asked has it now. */
export const forgetKey = (): void => useBrought.setState({ key: null })

/** It may take the place of the flow that has its name. */
export const bringClash = (text: string, failure: Failure): void => {
  useBrought.setState({ clash: { text, failure } })
  goTo({ page: 'flows' })
}

export const forgetClash = (): void => useBrought.setState({ clash: null })

export const forgetBlocks = (): void => useBrought.setState({ blocks: null })
