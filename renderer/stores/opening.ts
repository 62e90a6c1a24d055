import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host, OpenedFile } from '#renderer/rpc/host.ts'
import { bringBlocks, bringClash, bringKey, forgetClash, holdsBlocks } from './brought.ts'
import { goTo, usePlace } from './navigation.ts'

/** Why a file that was dropped or handed over could not be opened, until it is looked at. */
export const useOpening = create<{ readonly failure: Failure | null }>(() => ({ failure: null }))

const isFlowFile = (name: string): boolean => /\.(ya?ml|millrace)$/i.test(name)

/** Takes a text into the library, and opens its first flow. Where the library has one of its name, the flows' page asks. */
export const importFlow = async (engine: Engine, text: string, overwrite = false): Promise<void> => {
  try {
    const { names } = await engine.client.flows.import({ text, overwrite })
    forgetClash()
    if (names[0] !== undefined) goTo({ page: 'flow', name: names[0] })
  } catch (error) {
    const failure = failureOfCall(error)
    if (failure.code !== 'conflict' || failure.about !== 'flow') throw error
    bringClash(text, failure)
  }
}

/** Opens a flow where it lies, or takes its text into the library where nobody knows where it lies. */
export const openFlowFile = async (engine: Engine, { path, text }: OpenedFile): Promise<void> =>
  path === null ? importFlow(engine, text) : goTo({ page: 'file', path })

/** A flow opens, exported blocks are imported, and a key is offered to a new block. */
const openOne = async (engine: Engine, host: Host, file: File): Promise<void> => {
  if (isFlowFile(file.name)) {
    const opened = await host.readDropped(file)
    return holdsBlocks(opened.text) ? bringBlocks(opened) : openFlowFile(engine, opened)
  }
  if (isKeyFile(file)) return bringKey(engine, { name: file.name, text: await file.text() })
  throw new Refused({ code: 'invalid', message: `${file.name} is no flow. ${whatToDrop}` })
}

/** Opens what was dropped on the window: of several files a flow. */
export const openDropped = async (engine: Engine, host: Host, files: readonly File[]): Promise<void> => {
  const file = files.find(({ name }) => isFlowFile(name)) ?? files.find(isKeyFile) ?? files[0]
  if (!file) return
  try {
    await openOne(engine, host, file)
    useOpening.setState({ failure: null })
  } catch (error) {
    useOpening.setState({ failure: failureOfCall(error) })
  }
}

const whatToDrop =
  'Drop a YAML file of a flow, exported blocks, or a service-account key here; data are read by a task, for example Read a table.'

/** Larger files are no keys. */
const largestKey = 256 * 1024

const isKeyFile = ({ name, size }: File): boolean => /\.(json|pem|key|txt)$/i.test(name) && size <= largestKey

/** Opens what the system asks for, and remembers flow files that are opened. */
export const startOpening = (host: Host): void => {
  host.onOpenFile((path) => goTo({ page: 'file', path }))
  host.onOpenFlow((name) => goTo({ page: 'flow', name }))
  const note = () => {
    const { place } = usePlace.getState()
    if (place.page === 'file') host.noteFile(place.path)
  }
  usePlace.subscribe(note)
  note()
}
