import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
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
import type { FlowInFile } from '../flows/trust.ts'
import { estimateLook } from './estimate-look.ts'

export type EstimatesWorld = {
  readonly drafts: Pick<DraftsService, 'open'>
  readonly catalogue: Pick<Catalogue, 'tasks' | 'blocks'>
  /** Settings as they are with the defaults of the parameters. */
  evaluate(request: EvaluateRequest): Promise<ExpressionResult>
  /** Changes with each change of the block. */
  blockVersion(reference: string): Promise<string>
  /** It was made here, or somebody has looked at what it reaches. */
  isTrusted(flow: FlowInFile): boolean
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

/** The SQL, or else the file that holds it: a whole path, or a name in the storage `from`. */
type Question = {
  readonly block: string
  readonly parameters: JsonObject
  readonly sql?: string
  readonly file?: string
  readonly from?: string
}

const none: TaskEstimate = { kind: 'none' }

const questionOf = async (world: EstimatesWorld, { file, task }: EstimateRequest): Promise<Question | TaskEstimate> => {
  const { content, text: whole } = await world.drafts.open({ from: 'file', path: file, cwd: '/' })
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
  const [block, source] = [settings[database.name], sourceIn(settings, sql.name)]
  if (!world.isTrusted({ file, text: whole }))
    return { kind: 'unknown', reason: 'This flow came from elsewhere, and nobody has looked at it yet.' }
  // Nothing is said of what is not filled in yet.
  if (typeof block !== 'string' || source === null) return none
  const reference = await evaluated(database.name, block)
  const named =
    reference.kind === 'value' && typeof reference.value === 'string' ? parseBlockReference(reference.value) : null
  if (named && world.catalogue.blocks.get(named.type)?.estimates !== true) return none
  // What is not known yet may be a database of any kind: nothing is said of it.
  if (reference.kind !== 'value' || typeof reference.value !== 'string' || !named) return none
  const known = await evaluateAll(source, evaluated)
  if (known.kind === 'unknown') return known
  const { [sql.name]: text, file: written, from } = known.values
  if ([text, written, from].some((value) => value !== undefined && !isFilled(value))) return none
  const parameters = await evaluateAll(mapAt(settings, 'parameters'), (name, value) =>
    world.evaluate({ file, path: ['tasks', task, 'with', 'parameters', name], text: value }),
  )
  if (parameters.kind === 'unknown') return parameters
  return {
    block: reference.value,
    parameters: parameters.values,
    ...(isFilled(text) && { sql: text }),
    ...(isFilled(written) && { file: isFilled(from) ? written : resolve(dirname(file), written) }),
    ...(isFilled(from) && { from }),
  }
}

const isFilled = (value: JsonValue | undefined): value is string => typeof value === 'string' && value.trim() !== ''

/** The settings that say what the SQL is, or null where none does yet. */
const sourceIn = (settings: JsonObject, sql: string): JsonObject | null => {
  const { [sql]: text, file, from } = settings
  if (text !== undefined) return typeof text === 'string' ? { [sql]: text } : null
  return typeof file === 'string' ? { file, ...(from !== undefined && { from }) } : null
}

type Evaluated = { readonly kind: 'known'; readonly values: JsonObject } | Extract<TaskEstimate, { kind: 'unknown' }>

const evaluateAll = async (
  values: JsonObject,
  evaluate: (name: string, text: string) => Promise<ExpressionResult>,
): Promise<Evaluated> => {
  const known: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(values)) {
    const found = typeof value === 'string' ? await evaluate(name, value) : ({ kind: 'value', value } as const)
    if (found.kind === 'unknown') return { kind: 'unknown', reason: found.reason }
    if (found.kind === 'wrong') return { kind: 'unknown', reason: found.problems.join(' ') }
    known[name] = found.value
  }
  return { kind: 'known', values: known }
}

const mapAt = (value: JsonValue | undefined, key: string): JsonObject => {
  const found = isObject(value) ? value[key] : undefined
  return isObject(found) ? found : {}
}

/** Another one when a block that the question names, or a file of this machine, was changed. */
const keyOf = async ({ blockVersion }: EstimatesWorld, question: Question): Promise<string> => {
  const { block, file, from } = question
  const version = (reference: string) => blockVersion(reference).catch(() => '')
  const source = from !== undefined ? await version(from) : file === undefined ? '' : await stampOf(file)
  return createHash('sha256')
    .update(JSON.stringify([question, await version(block), source]))
    .digest('hex')
}

const stampOf = (file: string): Promise<string> =>
  stat(file).then(
    ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
    () => '',
  )

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
