import { fieldAt } from '#core/flow/check-settings.ts'
import { dialectIn, evaluateAlone } from '#core/flow/evaluate.ts'
import { mentionsOf, type Mentions } from '#core/flow/mentions.ts'
import type { RunScope, Scope } from '#core/flow/scope.ts'
import { isList, isObject, type JsonObject } from '#core/flow/readers.ts'
import type { SqlDialect } from '#core/flow/sql-dialect.ts'
import { holdsExpression } from '#core/flow/templates.ts'
import type { EngineStore } from '#core/engine/ports.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { ExpressionResult } from '#core/model/expression-result.ts'
import { failureOf } from '#core/model/failure.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { StateStore } from '#core/model/store.ts'
import { outputsIn } from '#core/services/runs/explain.ts'
import type { BlockSettings } from '#core/services/runs/scopes.ts'
import type { DraftsService } from './drafts.ts'

export type EvaluateRequest = {
  readonly file: string
  /** The field's place in the flow. */
  readonly path: readonly (string | number)[]
  readonly text: string
}

export type EvaluateWorld = {
  readonly drafts: Pick<DraftsService, 'open'>
  readonly catalogue: Pick<Catalogue, 'tasks' | 'blocks'>
  readonly store: Pick<StateStore, 'lastFlowRun' | 'taskRuns'>
  readonly engine: Pick<EngineStore, 'load'>
  readonly blocks: BlockSettings
  now(): number
}

const mapAt = (value: JsonValue | undefined, key: string | number | undefined): JsonObject => {
  const found = isObject(value) && key !== undefined ? value[key] : undefined
  return isObject(found) ? found : {}
}

/** What is known of a flow before it runs, mistakes and all. */
type Known = {
  readonly flow: JsonObject
  readonly task: JsonObject
  readonly last: FlowRun | null
  readonly scope: Scope
}

const defaultsOf = (flow: JsonObject): Record<string, JsonValue> =>
  Object.fromEntries(
    Object.entries(mapAt(flow, 'parameters')).flatMap(([name, parameter]) =>
      isObject(parameter) && parameter['default'] !== undefined ? [[name, parameter['default']]] : [],
    ),
  )

/** Those that can be worked out; each may use those before it. */
const withVariables = (flow: JsonObject, scope: Scope): Scope => {
  const variables: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(mapAt(flow, 'variables'))) {
    const found = evaluateAlone(value, { ...scope, variables })
    if (found.ok) variables[name] = found.value
  }
  return { ...scope, variables }
}

/** The first item of a mapped task, or null when it is not known; `for_each` may name another mapped task. */
const firstItem = (flow: JsonObject, task: JsonObject, scope: Scope, seen = new Set<string>()): JsonValue => {
  const items = task['for_each'] ?? null
  if (typeof items === 'string' && !holdsExpression(items)) {
    if (seen.has(items)) return null
    return firstItem(flow, mapAt(mapAt(flow, 'tasks'), items), scope, seen.add(items))
  }
  const found = evaluateAlone(items, scope)
  return found.ok && isList(found.value) ? (found.value[0] ?? null) : null
}

const withItem = (flow: JsonObject, task: JsonObject, scope: Scope): Scope => {
  if ((task['for_each'] ?? null) === null) return scope
  const name = typeof task['as'] === 'string' ? task['as'] : 'item'
  const value = firstItem(flow, task, scope)
  return value === null ? scope : { ...scope, item: { name, value } }
}

const outputsOf = (world: EvaluateWorld, last: FlowRun | null, tasks: readonly string[]): Scope['tasks'] => {
  if (last === null) return {}
  const outputs = outputsIn(world, last)
  return Object.fromEntries(
    tasks.flatMap((task) => {
      const found = outputs(task)
      if (!found) return []
      return [[task, found.kind === 'single' ? found.outputs : found.items.map((one) => one.outputs ?? {})]]
    }),
  )
}

const readBlocks = async (world: EvaluateWorld, mentions: Mentions): Promise<Scope['blocks']> => {
  const read: Record<string, Record<string, JsonObject>> = {}
  for (const { type, name } of mentions.blocks) {
    const settings = await world.blocks.settings(`block:${type}/${name}`)
    read[type] = { ...read[type], [name]: settings }
  }
  return read
}

const runScope = (flow: JsonObject, last: FlowRun | null, now: number): RunScope => ({
  id: last?.id ?? '',
  name: last?.name ?? '',
  flow: typeof flow['name'] === 'string' ? flow['name'] : '',
  started_at: new Date(last?.startedAt ?? now).toISOString(),
})

const learn = async (world: EvaluateWorld, value: JsonValue, request: EvaluateRequest): Promise<Known> => {
  const flow = isObject(value) ? value : {}
  const [section, id] = request.path
  const task = section === 'tasks' ? mapAt(mapAt(flow, 'tasks'), id) : {}
  const mentions = mentionsOf([request.text, flow['variables'] ?? null])
  const last = typeof flow['name'] === 'string' ? world.store.lastFlowRun(flow['name']) : null
  const bare: Scope = {
    parameters: defaultsOf(flow),
    variables: {},
    item: null,
    run: runScope(flow, last, world.now()),
    tasks: outputsOf(world, last, mentions.tasks),
    blocks: await readBlocks(world, mentions),
  }
  return { flow, task, last, scope: withItem(flow, task, withVariables(flow, bare)) }
}

/** Why a text cannot be evaluated before it runs, or null. */
const unknownIn = (text: string, { flow, task, last, scope }: Known): string | null => {
  const { names, tasks, run } = mentionsOf(text)
  const parameter = names.find((name) => name in mapAt(flow, 'parameters') && !Object.hasOwn(scope.parameters, name))
  if (parameter !== undefined) return `Known when it runs: the parameter “${parameter}” has no default.`
  const variable = names.find((name) => name in mapAt(flow, 'variables') && !Object.hasOwn(scope.variables, name))
  if (variable !== undefined) return `Known when it runs: the variable “${variable}” cannot be worked out before.`
  const item = typeof task['as'] === 'string' ? task['as'] : 'item'
  const mapped = (task['for_each'] ?? null) !== null
  if (mapped && scope.item === null && names.includes(item)) return `Known when it runs: “${item}” is each item.`
  const other = tasks.find((one) => one in mapAt(flow, 'tasks') && !Object.hasOwn(scope.tasks, one))
  if (other !== undefined) return `Known when “${other}” has run.`
  if (last === null && run.some((field) => field !== 'flow')) return 'Known when it runs.'
  return null
}

const fieldOf = (world: EvaluateWorld, { task }: Known, [section, , part, ...rest]: EvaluateRequest['path']) => {
  const type = typeof task['type'] === 'string' ? world.catalogue.tasks.get(task['type']) : undefined
  const inSettings = section === 'tasks' && part === 'with' && rest.length > 0
  return type && inSettings ? fieldAt(type, rest) : undefined
}

const dialectOfTask = ({ catalogue }: EvaluateWorld, { task, scope }: Known): SqlDialect => {
  const type = typeof task['type'] === 'string' ? catalogue.tasks.get(task['type']) : undefined
  return type ? dialectIn(mapAt(task, 'with'), { type, scope, blocks: catalogue.blocks }) : 'sql'
}

const result = (
  text: string,
  known: Known,
  written: { readonly field: FieldDescription | undefined; readonly dialect: SqlDialect },
): ExpressionResult => {
  const reason = unknownIn(text, known)
  if (reason !== null) return { kind: 'unknown', reason }
  const found = evaluateAlone(text, known.scope, written)
  if (!found.ok) return { kind: 'wrong', problems: found.problems }
  const { item } = known.scope
  return { kind: 'value', value: found.value, firstItem: item !== null && mentionsOf(text).names.includes(item.name) }
}

/** What a text with expressions gives as far as it is known: with defaults of parameters and the outputs of the last run. */
export const evaluateIn =
  (world: EvaluateWorld) =>
  async (request: EvaluateRequest): Promise<ExpressionResult> => {
    const { content } = await world.drafts.open({ from: 'file', path: request.file, cwd: '/' })
    try {
      const known = await learn(world, content.value, request)
      const field = fieldOf(world, known, request.path)
      return result(request.text, known, { field, dialect: dialectOfTask(world, known) })
    } catch (error) {
      return { kind: 'wrong', problems: [failureOf(error).message] }
    }
  }
