import { createHash } from 'node:crypto'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { Estimate } from '#core/kinds/capabilities.ts'
import { fieldsOf } from '#core/flow/check-settings.ts'
import { isObject, type JsonObject } from '#core/flow/readers.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import type { ExpressionResult } from '#core/model/expression-result.ts'
import { failureOf } from '#core/model/failure.ts'
import type { JsonValue, Outputs } from '#core/model/handle.ts'
import type { TaskEstimate } from '#core/model/task-estimate.ts'
import type { EvaluateRequest } from '../flows/evaluate-expression.ts'
import type { DraftsService } from '../flows/drafts.ts'
import { estimateLook } from './estimate-look.ts'

export type EstimatesWorld = {
  readonly drafts: Pick<DraftsService, 'open'>
  readonly catalogue: Pick<Catalogue, 'tasks' | 'blocks'>
  /** Settings as they are with the defaults of the parameters. */
  evaluate(request: EvaluateRequest): Promise<ExpressionResult>
  /** Changes with each change of the block. */
  blockVersion(reference: string): Promise<string>
  /** It came from elsewhere, and nobody has looked at what it reaches. */
  isImported(file: string): boolean
  /** Has a worker look. */
  look(type: string, settings: JsonValue, signal: AbortSignal): Promise<Outputs>
  now(): number
}

export type EstimateRequest = { readonly file: string; readonly task: string }

export type EstimatesService = { estimate(request: EstimateRequest, signal: AbortSignal): Promise<TaskEstimate> }

/** For how long an answer is taken for true, and how many are kept: milliseconds. */
const [lifetime, lifetimeOfRefusal, most] = [300_000, 20_000, 500]

type Kept = { readonly answer: TaskEstimate; readonly until: number }

/** What a task of an open flow would read if it ran now: known questions are answered from memory. */
export const createEstimates = (world: EstimatesWorld): EstimatesService => {
  const kept = new Map<string, Kept>()

  const ask = async (question: Question, signal: AbortSignal): Promise<TaskEstimate> => {
    const key = await keyOf(world, question)
    const known = kept.get(key)
    if (known && known.until > world.now()) return known.answer
    const answer = await answerOf(world, question, signal)
    if (signal.aborted) return answer
    kept.delete(key)
    kept.set(key, { answer, until: world.now() + (answer.kind === 'bytes' ? lifetime : lifetimeOfRefusal) })
    const [oldest] = kept.keys()
    if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    return answer
  }

  return {
    estimate: async (request, signal) => {
      const found = await questionOf(world, request)
      return 'kind' in found ? found : ask(found, signal)
    },
  }
}

type Question = { readonly block: string; readonly sql: string; readonly parameters: JsonObject }

const none: TaskEstimate = { kind: 'none' }

const questionOf = async (world: EstimatesWorld, { file, task }: EstimateRequest): Promise<Question | TaskEstimate> => {
  const { content } = await world.drafts.open({ from: 'file', path: file, cwd: '/' })
  const raw = mapAt(mapAt(content.value, 'tasks'), task)
  const type = typeof raw['type'] === 'string' ? world.catalogue.tasks.get(raw['type']) : undefined
  if (!type) return none
  const fields = [...fieldsOf(type).values()]
  const database = fields.find(({ widget, blocks }) => widget === 'block' && blocks?.includes('database'))
  const sql = fields.find(({ widget }) => widget === 'sql')
  if (!database || !sql) return none
  const settings = mapAt(raw, 'with')
  const evaluated = (name: string, text: string): Promise<ExpressionResult> =>
    world.evaluate({ file, path: ['tasks', task, 'with', name], text })
  const [block, statements] = [settings[database.name], settings[sql.name]]
  if (world.isImported(file))
    return { kind: 'unknown', reason: 'This flow was imported, and nobody has looked at it yet.' }
  // Nothing is said of what is not filled in yet, or stands in a file.
  if (typeof block !== 'string' || typeof statements !== 'string') return none
  const reference = await evaluated(database.name, block)
  const named =
    reference.kind === 'value' && typeof reference.value === 'string' ? parseBlockReference(reference.value) : null
  if (named && world.catalogue.blocks.get(named.type)?.estimates !== true) return none
  // What is not known yet may be a database of any kind: nothing is said of it.
  if (reference.kind !== 'value' || typeof reference.value !== 'string' || !named) return none
  const text = await evaluated(sql.name, statements)
  if (text.kind === 'unknown') return { kind: 'unknown', reason: text.reason }
  if (text.kind === 'wrong') return { kind: 'unknown', reason: text.problems.join(' ') }
  if (typeof text.value !== 'string' || text.value.trim() === '') return none
  const parameters: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(mapAt(settings, 'parameters'))) {
    const path = ['tasks', task, 'with', 'parameters', name]
    const found =
      typeof value === 'string'
        ? await world.evaluate({ file, path, text: value })
        : ({ kind: 'value', value } as const)
    if (found.kind !== 'value')
      return { kind: 'unknown', reason: found.kind === 'unknown' ? found.reason : found.problems.join(' ') }
    parameters[name] = found.value
  }
  return { block: reference.value, sql: text.value, parameters }
}

const mapAt = (value: JsonValue | undefined, key: string): JsonObject => {
  const found = isObject(value) ? value[key] : undefined
  return isObject(found) ? found : {}
}

const keyOf = async ({ blockVersion }: EstimatesWorld, { block, sql, parameters }: Question): Promise<string> => {
  const version = await blockVersion(block).catch(() => '')
  return createHash('sha256')
    .update(JSON.stringify([block, version, sql, parameters]))
    .digest('hex')
}

const answerOf = async ({ look }: EstimatesWorld, question: Question, signal: AbortSignal): Promise<TaskEstimate> => {
  try {
    const { answer } = await look(estimateLook.type, question, signal)
    if (answer?.kind !== 'value') return none
    // The worker is ours, and this is its one shape of answer.
    return { kind: 'bytes', ...(answer.value as Estimate) }
  } catch (error) {
    return { kind: 'refused', message: failureOf(error).message }
  }
}
