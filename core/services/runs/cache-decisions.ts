import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { evaluateCacheKey } from '#core/flow/evaluate.ts'
import type { Scope } from '#core/flow/scope.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import type { PrepareMember, PrepareRequest } from '#core/engine/ports.ts'
import { Refused } from '#core/model/failure.ts'
import type { CacheDecision } from '#core/model/flow-run.ts'
import { handlesIn, type Handle, type JsonValue, type Outputs } from '#core/model/handle.ts'
import type { StateStore } from '#core/model/store.ts'
import { stateType } from '#core/model/state.ts'

export type CacheQuestion = {
  readonly request: PrepareRequest
  readonly member: PrepareMember
  readonly type: TaskType
  readonly scope: Scope
  readonly settings: JsonValue
  readonly config: unknown
}

export type CacheDecisions = {
  /** Why the cache is or is not used, with the outputs of a hit. */
  decide(question: CacheQuestion): Promise<{ decision: CacheDecision; outputs: Outputs | null }>
}

export type CacheWorld = {
  readonly store: Pick<StateStore, 'cacheEntry' | 'removeCacheEntry' | 'taskRun'>
  now(): number
  /** Versions of the secrets of the blocks that the settings name; never their values. */
  blockVersions(settings: JsonValue): Promise<JsonValue>
  /** The folder that relative paths of a flow mean. */
  flowFolder(request: PrepareRequest): string
}

export const createCacheDecisions = (world: CacheWorld): CacheDecisions => {
  const contentHash = createContentHash()
  return {
    decide: async (question) => {
      const parts = await partsOf(question, world, contentHash)
      const key = digest(parts)
      const decision = (outcome: CacheDecision['outcome'], from: CacheDecision['from'] = null): CacheDecision => ({
        key,
        parts,
        outcome,
        from,
      })
      const entry = world.store.cacheEntry(key)
      if (!entry) return { decision: decision('miss'), outputs: null }
      if (entry.expiresAt !== null && entry.expiresAt <= world.now())
        return { decision: decision('expired'), outputs: null }
      const source = world.store.taskRun(entry.flowRun, entry.taskRun)
      if (!source || stateType(source.state) !== 'COMPLETED' || !areThere(source.outputs)) {
        world.store.removeCacheEntry(key)
        return { decision: decision('result-missing'), outputs: null }
      }
      return { decision: decision('hit', { flowRun: entry.flowRun, taskRun: entry.taskRun }), outputs: source.outputs }
    },
  }
}

type ContentHash = (path: string) => Promise<string>

/** By path, until size or time of change differ. */
const createContentHash = (): ContentHash => {
  const known = new Map<string, { size: number; changed: number; hash: string }>()
  return async (path) => {
    const { size, mtimeMs: changed } = await stat(path)
    const before = known.get(path)
    if (before?.size === size && before.changed === changed) return before.hash
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
    const entry = { size, changed, hash: hash.digest('hex') }
    known.set(path, entry)
    return entry.hash
  }
}

const digest = (value: JsonValue): string =>
  createHash('sha256')
    .update(JSON.stringify(sortKeys(value)))
    .digest('hex')

const sortKeys = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]))
}

/** The parts of a key are stored and shown, so that a person sees what made two runs differ. */
const partsOf = async (
  { request, member, type, scope, settings, config }: CacheQuestion,
  world: CacheWorld,
  contentHash: ContentHash,
): Promise<Readonly<Record<string, string>>> => {
  const rule = member.task.cache?.key ?? 'inputs'
  const flowFolder = world.flowFolder(request)
  const hashWritten = (path: string) => contentHash(resolve(flowFolder, path)).catch(() => null)
  const code = digest(await type.fingerprint(config, { flowFolder, contentHash: hashWritten }))
  const identity = { type: `${type.type}@${type.version}`, code }
  if (rule !== 'inputs') {
    const key = evaluateCacheKey(member.task, scope)
    if (!key.ok)
      throw new Refused({ code: 'invalid', message: `The cache key cannot be worked out: ${key.problems.join(' ')}` })
    return { type: identity.type, key: digest(key.value) }
  }
  const inputs: Record<string, JsonValue> = {}
  for (const [port, input] of Object.entries(member.inputs)) {
    const handles = input.from === 'handle' ? [input.handle] : input.from === 'handles' ? input.handles : []
    const identities = await Promise.all(handles.map((handle) => handleIdentity(handle, contentHash)))
    // SQL names tables by the tasks they come from.
    const names = type.inputs[port]?.kind === 'table' && input.from === 'handles' ? (input.sources ?? []) : []
    inputs[port] = names.length === 0 ? identities : { identities, names: [...names] }
  }
  return {
    ...identity,
    settings: digest(settings),
    inputs: digest(inputs),
    blocks: digest(await world.blockVersions(settings)),
  }
}

/** What a handle is, wherever it lies: the content of files, and the plan of a table over the content of its files. */
const handleIdentity = async (handle: Handle, contentHash: ContentHash): Promise<JsonValue> => {
  switch (handle.kind) {
    case 'value':
      return handle.value
    case 'file':
      return [handle.name, handle.sha256 ?? (await contentHash(handle.path))]
    case 'table': {
      const hashes = new Map<string, string>()
      for (const source of handle.sources) hashes.set(source, await contentHash(source))
      const plan = handle.steps.map(({ sql }) =>
        [...hashes].reduce((text, [source, hash]) => text.replaceAll(source, hash), sql),
      )
      return [...plan, ...hashes.values()]
    }
    default:
      return handle satisfies never
  }
}

/** Whether everything that outputs point at still exists. */
export const areThere = (outputs: Outputs): boolean =>
  Object.values(outputs)
    .flatMap(handlesIn)
    .every((handle) => {
      if (handle.kind === 'value') return true
      if (handle.kind === 'file') return existsSync(handle.path)
      return handle.path === null ? handle.sources.every((source) => existsSync(source)) : existsSync(handle.path)
    })
