import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { compareFlows } from '#core/flow/compare-flows.ts'
import { applyEdit } from '#core/flow/edit/apply-edit.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowChange } from '#core/model/flow-change.ts'
import type { FlowContent, SavedVersion, StarterFlow } from '#core/model/flow-draft.ts'
import type { FlowRenamed } from '#core/model/flow-library.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { StateStore } from '#core/model/store.ts'
import { libraryFile } from './flow-reader.ts'
import { renameFlow, type RenameFlowWorld } from './rename-flow.ts'
import { writeFlowFile } from './write-flow-file.ts'

/** Making, naming and keeping the flows of the library. Each answers with the name in the library. */
export type LibraryService = {
  /** An empty flow, or one with this text, under the first free name like the one asked for. */
  create(request: { name: string; text: string | null }): Promise<{ name: string }>
  duplicate(name: string): Promise<{ name: string }>
  /** The flows that run it follow. */
  rename(name: string, to: string): Promise<FlowRenamed>
  starters(): Promise<readonly StarterFlow[]>
  /** Copies a starter flow, with the sample files it reads, into the home. */
  openStarter(starter: string): Promise<{ name: string }>
  /** Keeps the flow as it is now, when it has no mistakes; newest first. */
  saveVersion(name: string): Promise<readonly SavedVersion[]>
  versions(name: string): Promise<readonly SavedVersion[]>
  /** The text that a saved version, or a flow run, holds by its document. */
  documentText(document: string): { text: string }
  /** The same as plain data, for a canvas. */
  documentContent(document: string): Promise<{ text: string; content: FlowContent }>
  /** What a later text says otherwise than an earlier one; null for the flow as it is now, and for an empty one before. */
  compare(request: CompareRequest): Promise<readonly FlowChange[]>
  compareTexts(texts: { readonly before: string; readonly after: string }): Promise<readonly FlowChange[]>
}

export type CompareRequest = { readonly name: string; readonly before: string | null; readonly after: string | null }

export type LibraryWorld = RenameFlowWorld & {
  readonly store: Pick<StateStore, 'flowVersions' | 'saveFlowVersion' | 'document'>
  /** The folder of the package that holds `flows/` and `samples/`. */
  readonly resources: string
  now(): number
}

export const createLibrary = (world: LibraryWorld): LibraryService => {
  const { store, library, resources, reader, trust } = world
  const textOf = async (name: string) => (await reader.locate({ from: 'library', name })).text
  const valueOf = async (text: string) =>
    (await reader.read(await reader.locate({ from: 'text', text, folder: library }))).value
  return {
    create: ({ name, text }) => addFlow(world, name, text ?? emptyFlow(name)),
    duplicate: async (name) => {
      const text = await textOf(name)
      const copy = await addFlow(world, `${name}-copy`, text)
      trust.carry({ file: libraryFile(library, name), text }, { file: libraryFile(library, copy.name), text })
      return copy
    },
    rename: async (name, to) => {
      await refuseTaken(library, to)
      return renameFlow(world, name, to)
    },
    starters: () => startersIn(world),
    openStarter: async (starter) => {
      const file = libraryFile(path.join(resources, 'flows'), starter)
      const text = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new Refused({ code: 'not-found', message: `There is no starter flow “${starter}”.` }, { cause })
      })
      await cp(path.join(resources, 'samples'), path.join(library, '..', 'samples'), { recursive: true, force: false })
      return addFlow(world, starter, text)
    },
    saveVersion: async (name) => {
      const flow = await reader.locate({ from: 'library', name })
      const { document } = await reader.read(flow)
      const file = flow.file ?? ''
      if (document)
        store.saveFlowVersion({ file, document: { hash: flow.hash, text: flow.text, document }, savedAt: world.now() })
      return store.flowVersions(file)
    },
    versions: async (name) => store.flowVersions(libraryFile(library, name)),
    documentText: (document) => ({ text: storedText(store, document) }),
    documentContent: async (document) => {
      const text = storedText(store, document)
      const { value, problems } = await reader.read(await reader.locate({ from: 'text', text, folder: library }))
      return { text, content: { value, problems } }
    },
    compare: async ({ name, before, after }) =>
      compareFlows(
        before === null ? null : await valueOf(storedText(store, before)),
        await valueOf(after === null ? await textOf(name) : storedText(store, after)),
      ),
    compareTexts: async ({ before, after }) => compareFlows(await valueOf(before), await valueOf(after)),
  }
}

const storedText = (store: LibraryWorld['store'], document: string): string => {
  const stored = store.document(document)
  if (stored) return stored.text
  throw new Refused({ code: 'not-found', message: 'The text of this version is not kept any more.' })
}

const emptyFlow = (name: string): string => `millrace: 1\nname: ${JSON.stringify(name)}\ntasks: {}\n`

const isThere = async (library: string, name: string): Promise<boolean> =>
  (await readdir(library)).includes(path.basename(libraryFile(library, name)))

const refuseTaken = async (library: string, name: string): Promise<void> => {
  if (!(await isThere(library, name))) return
  throw new Refused({ code: 'conflict', message: `The library has a flow “${name}” already. Choose another name.` })
}

const addFlow = async ({ library }: LibraryWorld, wanted: string, text: string): Promise<{ name: string }> => {
  await mkdir(library, { recursive: true })
  let name = wanted
  for (let number = 2; await isThere(library, name); number += 1) name = `${wanted}-${number}`
  await writeFlowFile(libraryFile(library, name), name === wanted ? text : named(text, name))
  return { name }
}

/** A text that is no flow is kept as it is: its mistakes are shown where it is opened. */
const named = (text: string, name: string): string => {
  try {
    return applyEdit(text, { kind: 'set-flow-field', field: 'name', value: name }).text
  } catch {
    return text
  }
}

const startersIn = async ({ reader, resources }: LibraryWorld): Promise<readonly StarterFlow[]> => {
  const folder = path.join(resources, 'flows')
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).toSorted()
  const read = files.map(async (file) => {
    const { value } = await reader.read(await reader.locate({ from: 'file', path: file, cwd: folder }))
    const name = path.basename(file, '.yaml')
    return { name, title: textAt(value, 'name') ?? name, description: textAt(value, 'description') ?? '' }
  })
  return Promise.all(read)
}

const textAt = (value: JsonValue, key: string): string | null => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const found = (value as Readonly<Record<string, JsonValue>>)[key]
  return typeof found === 'string' ? found : null
}
