import { createHash } from 'node:crypto'
import path from 'node:path'
import { isList, isObject, type JsonObject } from '#core/flow/readers.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import { describeTaskType } from '#core/kinds/describe-task-type.ts'
import { formatBlockReference, parseBlockReference } from '#core/model/block-reference.ts'
import { Refused } from '#core/model/failure.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { FlowSource, FlowTouches, Touch, Touched } from '#core/model/flow-library.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { StateStore } from '#core/model/store.ts'
import { tasksIn } from './flow-references.ts'
import { flowPath, type FlowReader, type FlowText } from './flow-reader.ts'
import type { Trust } from './trust.ts'

export type TouchesService = {
  of(source: SavedSource): Promise<FlowTouches>
  /** Somebody has looked at what it touched as of `fingerprint`. */
  trust(source: SavedSource, fingerprint: string): Promise<void>
  /** Refuses a flow that came from elsewhere, or that runs one, before somebody has looked at it. */
  refuseUnknown(flow: FlowText): Promise<void>
}

type SavedSource = Exclude<FlowSource, { from: 'text' }>

export type TouchesWorld = {
  readonly reader: FlowReader
  readonly catalogue: Catalogue
  readonly store: Pick<StateStore, 'blocks'>
  readonly trust: Trust
  readonly library: string
}

export const createTouches = (world: TouchesWorld): TouchesService => {
  const { reader, store, trust } = world
  const isTrusted = ({ flow: { file, text } }: Reached): boolean => file === null || trust.isTrusted({ file, text })
  return {
    of: async (source) => {
      const reached = await reachedFrom(world, await reader.locate(source))
      const blocks = new Set((await store.blocks.list()).map(formatBlockReference))
      const [own, ...subflows] = reached.map(({ name, found }) => ({ name, ...listed(found, blocks) }))
      const { name: _, ...touched } = own ?? { name: '', ...listed(nothingFound(), blocks) }
      return { trusted: reached.every(isTrusted), fingerprint: fingerprintOf(reached), ...touched, subflows }
    },
    trust: async (source, fingerprint) => {
      const reached = await reachedFrom(world, await reader.locate(source))
      if (fingerprintOf(reached) !== fingerprint) throw changedMeanwhile()
      for (const { flow } of reached) if (flow.file !== null) trust.trust({ file: flow.file, text: flow.text })
    },
    refuseUnknown: async (flow) => {
      const unknown = (await reachedFrom(world, flow)).find((one) => !isTrusted(one))
      if (!unknown) return
      throw new Refused({
        code: 'denied',
        message: `The flow ${unknown.name} came from elsewhere, and nobody has looked at what it touches. Open it, look, then run it.`,
      })
    },
  }
}

const changedMeanwhile = (): Refused =>
  new Refused({
    code: 'conflict',
    message: 'The flow, or one that it runs, has changed since it was shown. Look at what it touches now.',
  })

type Reached = { readonly flow: FlowText; readonly name: string; readonly found: Found }

/** The flow and all that it runs, each once. One that only a run can tell is not among them. */
const reachedFrom = async (world: TouchesWorld, root: FlowText): Promise<readonly Reached[]> => {
  const { reader, catalogue, library } = world
  const reached = new Map<string, Reached>()
  const visit = async (flow: FlowText): Promise<void> => {
    const { value } = await reader.read(flow)
    const found = touchesIn(catalogue, value)
    reached.set(flow.file ?? '', { flow, name: nameOf(flow, library), found })
    for (const { name } of found.flows.list()) {
      const subflow = await subflowOf(world, flow, name)
      found.exists.set(name, subflow !== null)
      if (subflow && !reached.has(subflow.file ?? '')) await visit(subflow)
    }
  }
  await visit(root)
  return [...reached.values()]
}

/** Null where it is missing. */
const subflowOf = async ({ reader, library }: TouchesWorld, flow: FlowText, name: string): Promise<FlowText | null> => {
  try {
    return await reader.locate({ from: 'file', path: flowPath(flow.folder, library, name), cwd: flow.folder })
  } catch (error) {
    if (error instanceof Refused && (error.failure.code === 'not-found' || error.failure.code === 'invalid'))
      return null
    throw error
  }
}

const nameOf = ({ file }: FlowText, library: string): string => {
  if (file === null) return 'given as text'
  return path.dirname(file) === path.resolve(library) ? path.basename(file, '.yaml') : file
}

/** Of all that is run: another text is something else to look at. */
const fingerprintOf = (reached: readonly Reached[]): string => {
  const hash = createHash('sha256')
  for (const { flow } of reached) hash.update(`${flow.file}\n${flow.text.length}\n${flow.text}`)
  return hash.digest('hex')
}

const gathered = () => {
  const tasks = new Map<string, Set<string>>()
  return {
    add: (name: string, task: string | null) => {
      const its = tasks.get(name) ?? new Set()
      tasks.set(name, task === null ? its : its.add(task))
    },
    list: (): readonly Touch[] => [...tasks].map(([name, its]) => ({ name, tasks: [...its] })),
  }
}

type Found = Readonly<Record<'scripts' | 'hosts' | 'paths' | 'blocks' | 'flows' | 'unread', Gathered>> & {
  /** By the name that is written. */
  readonly exists: Map<string, boolean>
}

type Gathered = ReturnType<typeof gathered>

const nothingFound = (): Found => ({
  scripts: gathered(),
  hosts: gathered(),
  paths: gathered(),
  blocks: gathered(),
  flows: gathered(),
  unread: gathered(),
  exists: new Map(),
})

const listed = (found: Found, blocks: ReadonlySet<string>): Touched => ({
  scripts: found.scripts.list(),
  hosts: found.hosts.list(),
  paths: found.paths.list(),
  blocks: found.blocks.list().map((touch) => ({ ...touch, exists: blocks.has(touch.name) })),
  flows: [
    ...found.flows.list().map((touch) => ({ ...touch, exists: found.exists.get(touch.name) ?? false })),
    ...found.unread.list().map((touch) => ({ ...touch, exists: null })),
  ],
})

const touchesIn = (catalogue: Catalogue, value: JsonValue): Found => {
  const found = nothingFound()
  const flow = isObject(value) ? value : {}
  anywhere(found, [flow['parameters'] ?? null, flow['variables'] ?? null], null)
  for (const { id: task, raw } of tasksIn(flow)) {
    const type = catalogue.tasks.get(typeof raw['type'] === 'string' ? raw['type'] : '')
    const settings = withDefaults(raw['with'], flow)
    anywhere(found, settings, task)
    if (type && isObject(settings)) bySettings(found, describeTaskType(type).fields, { settings, task })
    if (type?.type === 'flow.run' && isObject(settings)) subflow(found, settings, task)
  }
  return found
}

/** Of an expression, and of a repository that is read in the run, nobody can look into the flow before. */
const subflow = (found: Found, { flow, from }: JsonObject, task: string): void => {
  if (typeof flow !== 'string') return
  if (from === undefined && !flow.includes('{{')) found.flows.add(flow, task)
  else found.unread.add(typeof from === 'string' ? `${from}/${flow}` : flow, task)
}

/** An expression that is a parameter alone stands for what it is when nobody says otherwise. */
const withDefaults = (value: JsonValue | undefined, flow: JsonObject): JsonValue => {
  if (typeof value === 'string') {
    return value.replaceAll(/\{\{\s*([A-Za-z_][\w-]*)\s*\}\}/g, (written, name: string) => {
      const parameters = isObject(flow['parameters']) ? flow['parameters'] : {}
      const parameter = parameters[name]
      const usual = isObject(parameter) ? parameter['default'] : undefined
      return typeof usual === 'string' || typeof usual === 'number' ? String(usual) : written
    })
  }
  if (isList(value)) return value.map((item) => withDefaults(item, flow))
  if (!isObject(value)) return value ?? null
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDefaults(item, flow)]))
}

const hostIn = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([^/\s?#]+)/i

/** Addresses and blocks are what they are wherever they stand. */
const anywhere = (found: Found, value: JsonValue | undefined, task: string | null): void => {
  if (typeof value === 'string') {
    const host = hostIn.exec(value)?.[1]
    const block = parseBlockReference(value)
    if (host !== undefined && !value.startsWith('file:')) found.hosts.add(host, task)
    if (block) found.blocks.add(formatBlockReference(block), task)
  } else if (isList(value)) for (const item of value) anywhere(found, item, task)
  else if (isObject(value)) for (const item of Object.values(value)) anywhere(found, item, task)
}

type Settings = { readonly settings: JsonObject; readonly task: string }

/** What else a setting means is told by its field. */
const bySettings = (found: Found, fields: readonly FieldDescription[], { settings, task }: Settings): void => {
  for (const field of fields) byField(found, field, { value: settings[field.name], task })
}

type Setting = { readonly value: JsonValue | undefined; readonly task: string }

const byField = (found: Found, field: FieldDescription, { value, task }: Setting): void => {
  if (value === undefined || value === null) return
  if (isList(value)) for (const item of value) byField(found, field.item ?? field, { value: item, task })
  else if (isObject(value)) {
    if (field.fields) bySettings(found, field.fields, { settings: value, task })
    else if (field.item) for (const item of Object.values(value)) byField(found, field.item, { value: item, task })
  } else if (typeof value === 'string') byText(found, field, { text: value, task })
}

const byText = (found: Found, { widget }: FieldDescription, { text, task }: { text: string; task: string }): void => {
  if (widget === 'shell' || widget === 'code') found.scripts.add(firstLine(text), task)
  const isAddress = hostIn.test(text) || text.startsWith('block:')
  if (widget === 'path' && !isAddress) found.paths.add(text, task)
  // Without a scheme it is a file beside the flow, unless an expression may say otherwise.
  if (widget === 'url' && !isAddress) (text.includes('{{') ? found.hosts : found.paths).add(text, task)
}

const firstLine = (text: string): string => {
  const lines = text.trim().split('\n')
  return lines.length > 1 ? `${lines[0]} … (${lines.length} lines)` : (lines[0] ?? '')
}
