import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { readFlows, type FlowReading } from '#core/flow/read-flow.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { FlowInspection, FlowSource, FlowSummary, Validation } from '#core/model/flow-library.ts'
import type { StateStore } from '#core/model/store.ts'
import { libraryFile, type FlowReader, type FlowText } from './flow-reader.ts'
import { exportStream, textsOf } from './flow-stream.ts'
import type { Trust } from './trust.ts'
import { writeFlowFile } from './write-flow-file.ts'

/** The library (`HOME/flows/*.yaml`, where the file is the truth) and flow files anywhere. */
export type FlowsService = {
  validate(source: FlowSource): Promise<Validation>
  list(): Promise<readonly FlowSummary[]>
  inspect(source: FlowSource): Promise<FlowInspection>
  /** The text as it stands, or with every flow it runs as a stream of documents, the root first. */
  export(source: FlowSource, withSubflows: boolean): Promise<{ text: string }>
  import(text: string, overwrite: boolean): Promise<{ names: readonly string[] }>
  delete(name: string): Promise<void>
}

export type FlowsWorld = {
  readonly reader: FlowReader
  readonly catalogue: Catalogue
  readonly store: Pick<StateStore, 'recentRuns' | 'flowRuns' | 'saveFlowVersion'>
  readonly trust: Trust
  readonly library: string
  now(): number
}

export const createFlows = (world: FlowsWorld): FlowsService => {
  const { reader, store, library } = world
  return {
    validate: async (source) => {
      const flow = await reader.locate(source)
      return { file: flow.file, problems: (await reader.read(flow)).problems }
    },
    list: async () => {
      const files = (await namesIn(library)).map((name) => reader.locate({ from: 'library', name }))
      const read = await Promise.all(files.map(async (file) => readingOf(world, await file)))
      // Two files may say one name.
      const runs = store.recentRuns([...new Set(read.map(({ flow }) => flow))], recent)
      return read.map((reading) => summaryOf(reading, runs.get(reading.flow) ?? []))
    },
    inspect: async (source) => {
      const flow = await reader.locate(source)
      const document = await reader.document(flow)
      return { document, file: flow.file, lastRuns: store.flowRuns({ flow: document.name, limit: 5 }) }
    },
    export: async (source, withSubflows) => {
      const flow = await reader.locate(source)
      return { text: withSubflows ? await exportStream(world, flow) : flow.text }
    },
    import: async (text, overwrite) => importStream(world, text, overwrite),
    delete: async (name) => {
      await reader.locate({ from: 'library', name })
      await rm(libraryFile(library, name))
    },
  }
}

const namesIn = async (library: string): Promise<readonly string[]> => {
  await mkdir(library, { recursive: true })
  const files = await readdir(library)
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .toSorted()
}

/** Runs of each flow that its line of the library tells of. */
const recent = 20

type Reading = { readonly file: string; readonly flow: string; readonly reading: FlowReading }

const readingOf = async ({ reader }: FlowsWorld, text: FlowText): Promise<Reading> => {
  const reading = await reader.read(text)
  const file = text.file ?? ''
  return { file, flow: reading.document?.name ?? path.basename(file, '.yaml'), reading }
}

const summaryOf = ({ file, reading: { document, problems } }: Reading, runs: readonly FlowRun[]): FlowSummary => ({
  name: path.basename(file, '.yaml'),
  file,
  description: document?.description ?? null,
  tasks: document?.tasks.length ?? 0,
  problems: problems.filter(({ severity }) => severity === 'error').length,
  lastRun: runs[0] ?? null,
  durations: runs.toReversed().flatMap(({ state, selection, startedAt, endedAt }) =>
    // Of a part, or of what was cached, it says nothing how long the flow takes.
    state.name === 'Completed' && selection === null && startedAt !== null && endedAt !== null
      ? [endedAt - startedAt]
      : [],
  ),
})

const importStream = async (
  world: FlowsWorld,
  text: string,
  overwrite: boolean,
): Promise<{ names: readonly string[] }> => {
  const { catalogue, library } = world
  const readings = readFlows(text, { catalogue })
  const documents = readings.map(({ document, problems }) => {
    if (document) return document
    const first = problems.find(({ severity }) => severity === 'error')
    throw new Refused({
      code: 'invalid',
      message: `The text has problems and was not imported. Line ${first?.line}: ${first?.message} ${first?.remedy}`,
    })
  })
  const names = documents.map(({ name }) => name)
  refuseNames(library, names)
  const taken = new Set(await namesIn(library))
  const clash = names.find((name) => taken.has(name))
  if (clash !== undefined && !overwrite) {
    throw new Refused({
      code: 'conflict',
      about: 'flow',
      message: `The library has a flow “${clash}” already.`,
    })
  }
  const texts = textsOf(text, readings)
  for (const [index, document] of documents.entries()) await saveFlow(world, document, texts[index] ?? '')
  return { names }
}

/** Before anything is written. */
const refuseNames = (library: string, names: readonly string[]): void => {
  for (const name of names) libraryFile(library, name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return
  throw new Refused({ code: 'conflict', message: `The text holds two flows named “${twice}”. Rename one.` })
}

const saveFlow = async (
  { reader, store, trust, library, now }: FlowsWorld,
  document: FlowDocument,
  text: string,
): Promise<void> => {
  const file = libraryFile(library, document.name)
  await writeFlowFile(file, text)
  trust.distrust({ file, text })
  const { hash } = await reader.locate({ from: 'library', name: document.name })
  store.saveFlowVersion({ file, document: { hash, text, document }, savedAt: now() })
}
