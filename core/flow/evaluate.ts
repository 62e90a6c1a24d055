import type { FieldDescription } from '#core/model/field-description.ts'
import type { BlockType } from '#core/kinds/block-type.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowDocument, TaskDocument } from '#core/model/flow-document.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { fieldsOf, kindOfField, partOf } from './check-settings.ts'
import { expressionScope } from './expression-scope.ts'
import { inside, reportAt, type Finding, type Path, type Place } from './finding.ts'
import type { FieldKind } from './quoting.ts'
import { inWords, isObject, isList } from './readers.ts'
import type { Scope } from './scope.ts'
import { inDots, settingIssues } from './setting-issues.ts'
import { databaseIn, dialectOf, type SqlDialect } from './sql-dialect.ts'
import { compileTemplate, holdsExpression } from './templates.ts'

/** Problems are sentences that name the field; any means the value is not to be used. */
export type Evaluation<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] }

/** Undefined where it failed, which is reported. */
const evaluateText = (text: string, kind: FieldKind, place: Place, scope: Scope): JsonValue | undefined => {
  if (!holdsExpression(text)) return text
  const compiled = compileTemplate(text, kind)
  if (!compiled.ok) return reportAt(place, compiled.mistake)
  try {
    return compiled.template.evaluate(expressionScope(scope, compiled.template.mentions))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return reportAt(place, { code: 'bad-expression', message: error.failure.message, remedy: '' })
  }
}

/** A number for a field that takes text is the text of it, as it would be with anything beside it. */
const takesText = (field: FieldDescription | undefined): boolean =>
  field?.widget === 'text' || field?.widget === 'multiline' || field?.widget === 'path' || field?.widget === 'url'

const isScalar = (value: JsonValue): value is number | boolean =>
  typeof value === 'number' || typeof value === 'boolean'

/** A field, and what the SQL in it is written for. */
type Written = { readonly field?: FieldDescription | undefined; readonly dialect?: SqlDialect }

const evaluateParts = (
  value: JsonValue,
  place: Place,
  scope: Scope,
  { field, dialect = 'sql' }: Written = {},
): JsonValue => {
  const part = (step: string | number): Written => ({ field: partOf(field, step), dialect })
  if (typeof value === 'string') {
    const kind = kindOfField(field, dialect)
    if (kind === null) return value
    const evaluated = evaluateText(value, kind, place, scope) ?? null
    return takesText(field) && isScalar(evaluated) ? String(evaluated) : evaluated
  }
  if (isList(value)) {
    return value.map((item: JsonValue, index) => evaluateParts(item, inside(place, index), scope, part(index)))
  }
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, one]) => [
    key,
    evaluateParts(one, inside(place, key), scope, part(key)),
  ])
  return Object.fromEntries(entries) as JsonValue
}

const sentence = ({ path, message }: Pick<Finding, 'path' | 'message'>): string => {
  const text = message.endsWith('.') || message.endsWith('?') ? message : `${message}.`
  return `${inDots(path)}: ${text}`
}

/** Evaluates, and gathers what went wrong in words. */
const attempt = <T>(path: Path, work: (place: Place) => T): Evaluation<T> => {
  const findings: Finding[] = []
  const value = work({ path, report: (finding) => void findings.push(finding) })
  return findings.length === 0 ? { ok: true, value } : { ok: false, problems: findings.map(sentence) }
}

export type Settings = Readonly<Record<string, JsonValue>>

/** A setting whose whole expression gives null counts as left out, unless null is what it takes. */
const withoutNulls = (settings: Settings, written: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name, value]) => value !== null || written[name] === null))

type Speaking = {
  readonly type: TaskType
  readonly scope: Scope
  readonly blocks: ReadonlyMap<string, BlockType> | undefined
}

/** What the database that the settings of a task name speaks, as far as it is known. */
export const dialectIn = (settings: Settings, { type, scope, blocks }: Speaking): SqlDialect => {
  const database = databaseIn(settings, fieldsOf(type))
  const nowhere: Place = { path: [], report: () => undefined }
  return dialectOf(database === undefined ? undefined : evaluateParts(database, nowhere, scope), blocks)
}

/** `settings` is what a job carries; `config` is the same after the type's schema, with defaults filled in. */
export const evaluateSettings = (request: {
  readonly task: TaskDocument
  readonly type: TaskType
  readonly scope: Scope
  /** Which there are, to know what SQL they speak. */
  readonly blocks?: ReadonlyMap<string, BlockType>
}): Evaluation<{ readonly settings: Settings; readonly config: unknown }> => {
  const { task, type, scope } = request
  const fields = fieldsOf(type)
  const evaluated = attempt(['with'], (place) => {
    const dialect = dialectIn(task.with, { type, scope, blocks: request.blocks })
    return Object.fromEntries(
      Object.entries(task.with).map(([name, value]) => [
        name,
        evaluateParts(value, inside(place, name), scope, { field: fields.get(name), dialect }),
      ]),
    )
  })
  if (!evaluated.ok) return evaluated
  const whole = type.config.safeParse(evaluated.value)
  if (whole.success) return { ok: true, value: { settings: evaluated.value, config: whole.data } }
  const settings = withoutNulls(evaluated.value, task.with)
  const parsed = type.config.safeParse(settings)
  if (parsed.success) return { ok: true, value: { settings, config: parsed.data } }
  const issues = settingIssues(parsed.error.issues, settings)
  return { ok: false, problems: issues.map(({ path, message }) => sentence({ path: ['with', ...path], message })) }
}

/** In order; each may use those before it. `scope.variables` is not looked at. */
export const evaluateVariables = (document: FlowDocument, scope: Scope): Evaluation<Settings> =>
  attempt(['variables'], (place) => {
    const variables: Record<string, JsonValue> = {}
    for (const [name, value] of Object.entries(document.variables)) {
      variables[name] = evaluateParts(value, inside(place, name), { ...scope, variables })
    }
    return variables
  })

const notThis = (place: Place, value: JsonValue, wanted: string): void =>
  reportAt(place, { code: 'bad-value', message: `this gives ${inWords(value)}, which is ${wanted}`, remedy: '' })

/** The items of a mapped task with `forEach.kind` `items`. */
export const evaluateItems = (task: TaskDocument, scope: Scope): Evaluation<readonly JsonValue[]> =>
  attempt(['for_each'], (place) => {
    const items = task.forEach?.kind === 'items' ? task.forEach.items : []
    const alone = { ...scope, item: null }
    const list =
      typeof items === 'string' ? evaluateText(items, 'text', place, alone) : evaluateParts(items, place, alone)
    if (isList(list)) return list
    if (list !== undefined) notThis(place, list, 'no list')
    return []
  })

/** Whether `when` holds; true when there is none. */
export const evaluateWhen = (task: TaskDocument, scope: Scope): Evaluation<boolean> =>
  attempt(['when'], (place) => {
    const holds = task.when === null ? true : evaluateText(task.when, 'text', place, scope)
    if (holds !== undefined && typeof holds !== 'boolean') notThis(place, holds, 'neither true nor false')
    return holds === true
  })

/** The value of `cache.key` when that is an expression. */
export const evaluateCacheKey = (task: TaskDocument, scope: Scope): Evaluation<JsonValue> =>
  attempt(['cache', 'key'], (place) => evaluateText(task.cache?.key ?? '', 'text', place, scope) ?? null)

/** Any value within a task, evaluated by the rules of its field. */
export const evaluateField = (value: JsonValue, path: Path, scope: Scope, written: Written): Evaluation<JsonValue> =>
  attempt(path, (place) => evaluateParts(value, place, scope, written))

/** The same for a value that stands alone: problems do not say where it is. */
export const evaluateAlone = (value: JsonValue, scope: Scope, written: Written = {}): Evaluation<JsonValue> => {
  const findings: Finding[] = []
  const found = evaluateParts(value, { path: [], report: (finding) => void findings.push(finding) }, scope, written)
  if (findings.length === 0) return { ok: true, value: found }
  return { ok: false, problems: findings.map(({ message }) => message) }
}
