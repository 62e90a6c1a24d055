import { readdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { applyEdit } from '#core/flow/edit/apply-edit.ts'
import { failureOf, Refused } from '#core/model/failure.ts'
import type { Edited } from '#core/model/flow-edit.ts'
import type { FlowRenamed } from '#core/model/flow-library.ts'
import type { StateStore } from '#core/model/store.ts'
import type { DraftsService } from './drafts.ts'
import { flowReferencesIn } from './flow-references.ts'
import { flowPath, libraryFile, type FlowReader, type FlowText } from './flow-reader.ts'
import type { Trust } from './trust.ts'
import { writeFlowFile } from './write-flow-file.ts'

export type RenameFlowWorld = {
  readonly reader: FlowReader
  readonly drafts: Pick<DraftsService, 'files' | 'rewrite'>
  readonly store: Pick<StateStore, 'moveFlow'>
  readonly trust: Trust
  /** `HOME/flows`. */
  readonly library: string
}

type Rename = { readonly from: string; readonly to: string }

/**
 * Whether all flows that run it can follow is found out first. Then the file goes by its new name, and its versions and runs
 * with it; then the flows that run it, one by one.
 */
export const renameFlow = async (world: RenameFlowWorld, name: string, to: string): Promise<FlowRenamed> => {
  const { reader, drafts, store, trust, library } = world
  const [before, after] = [libraryFile(library, name), libraryFile(library, to)]
  const flow = await reader.locate({ from: 'library', name })
  const { text } = applyEdit(flow.text, { kind: 'set-flow-field', field: 'name', value: to })
  const files = { from: before, to: after }
  const parents = await parentsOf(world, files)
  for (const parent of parents) await tryFollow(world, parent, files)
  await writeFlowFile(before, text)
  await rename(before, after)
  store.moveFlow(before, { file: after, flow: to })
  trust.carry({ file: before, text: flow.text }, { file: after, text })
  trust.forget(before)
  try {
    for (const parent of parents)
      await drafts.rewrite(parent.file ?? '', (now) => following(world, { ...parent, text: now }, files))
  } catch (error) {
    throw notFollowed(to, error)
  }
  return { name: to, flows: parents.map((parent) => nameOf(world, parent)) }
}

/** The text of a flow that runs it, with the new name. */
const following = async (world: RenameFlowWorld, flow: FlowText, files: Rename): Promise<Edited> => {
  const places = await placesIn(world, flow, files)
  return applyEdit(flow.text, { kind: 'batch', operations: places.map((place) => ({ kind: 'set', ...place })) })
}

const tryFollow = async (world: RenameFlowWorld, flow: FlowText, files: Rename): Promise<void> => {
  try {
    await following(world, flow, files)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const message = `The flow “${nameOf(world, flow)}”, which runs it, cannot follow the new name. ${error.message}`
    throw new Refused({ ...error.failure, message }, { cause: error })
  }
}

const notFollowed = (name: string, error: unknown): Refused =>
  new Refused(
    {
      code: 'unavailable',
      message: `The flow is now “${name}”, but not every flow that runs it could be changed: ${failureOf(error).message} Write the new name there.`,
    },
    { cause: error },
  )

/** The flows of the library, and those open elsewhere, that run it. */
const parentsOf = async (world: RenameFlowWorld, files: Rename): Promise<readonly FlowText[]> => {
  const { reader, drafts, library } = world
  const names = (await readdir(library)).filter((file) => file.endsWith('.yaml'))
  const all = new Set([...names.map((file) => path.join(library, file)), ...drafts.files()])
  all.delete(files.from)
  const parents: FlowText[] = []
  for (const file of [...all].toSorted()) {
    // One that was open may be gone.
    const flow = await reader.locate({ from: 'file', path: file, cwd: library }).catch(() => null)
    if (flow && (await placesIn(world, flow, files)).length > 0) parents.push(flow)
  }
  return parents
}

type Place = { readonly path: readonly string[]; readonly value: string }

/** Where it is named, and what stands there afterwards. */
const placesIn = async (
  { reader, library }: RenameFlowWorld,
  flow: FlowText,
  { from, to }: Rename,
): Promise<readonly Place[]> => {
  const { value } = await reader.read(flow)
  return flowReferencesIn(value).flatMap(({ path: at, name }) => {
    if (pathOf(flow, library, name) !== from) return []
    const isPath = /\.(ya?ml|millrace)$/.test(name)
    const written = isPath ? name.slice(0, -path.basename(name).length) + path.basename(to) : path.basename(to, '.yaml')
    return [{ path: at, value: written }]
  })
}

const pathOf = ({ folder }: FlowText, library: string, name: string): string | null => {
  try {
    return flowPath(folder, library, name)
  } catch {
    // What cannot be a name of the library is a problem of that flow.
    return null
  }
}

const nameOf = ({ library }: RenameFlowWorld, { file }: FlowText): string =>
  path.dirname(file ?? '') === path.resolve(library) ? path.basename(file ?? '', '.yaml') : (file ?? '')
