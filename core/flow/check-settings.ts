import { describeFields } from '#core/kinds/describe-fields.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Parameters } from '#core/model/parameter.ts'
import { checkBlock, checkSecret, isAccepted } from './check-blocks.ts'
import { checkText, type View } from './check-expressions.ts'
import { checkPlainSecrets } from './check-plain-secrets.ts'
import { inside, reportAt, type Path, type Place } from './finding.ts'
import type { FieldKind } from './quoting.ts'
import { databaseIn, dialectOf, type SqlDialect } from './sql-dialect.ts'
import { isObject, type JsonObject, isList } from './readers.ts'
import { inDots, settingIssues, unknownSetting, valueAt, type SettingIssue } from './setting-issues.ts'
import { holdsExpression, type Mention } from './templates.ts'

const described = new WeakMap<TaskType, ReadonlyMap<string, FieldDescription>>()

/** The settings of a type by name, described once. */
export const fieldsOf = (type: TaskType): ReadonlyMap<string, FieldDescription> => {
  const known = described.get(type)
  if (known !== undefined) return known
  const fields = new Map(describeFields(type.config).map((field) => [field.name, field]))
  described.set(type, fields)
  return fields
}

/** The field that a part of the settings belongs to. */
export const partOf = (field: FieldDescription | undefined, step: string | number): FieldDescription | undefined => {
  if (typeof step === 'number') return field?.item
  return field?.fields?.find(({ name }) => name === step) ?? field?.item
}

export const fieldAt = (type: TaskType, [first, ...rest]: Path): FieldDescription | undefined => {
  let field = fieldsOf(type).get(String(first))
  for (const step of rest) field = partOf(field, step)
  return field
}

/** How values are written into a field, or null for code, which is never a template. */
export const kindOfField = (field: FieldDescription | undefined, dialect: SqlDialect = 'sql'): FieldKind | null => {
  if (field?.widget === 'code') return null
  if (field?.widget === 'sql') return dialect
  return field?.widget === 'shell' ? 'shell' : 'text'
}

const expressionWithin = (value: JsonValue | undefined): boolean => {
  if (typeof value === 'string') return holdsExpression(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(expressionWithin)
}

export type SettingsCheck = {
  readonly view: View
  readonly parameters: Parameters
  readonly flowExists?: ((flow: string) => boolean) | undefined
  readonly fileExists?: ((path: string) => boolean) | undefined
  /** Tasks the settings read. */
  readonly mentions: Set<string>
  /** What the database that a setting names speaks. */
  readonly dialect?: SqlDialect
}

/** `storage: "{{ lake }}"`: the block types the parameter allows must all do. */
const checkBlockParameter = (
  mentions: readonly Mention[],
  use: { accepts: readonly string[]; place: Place },
  check: SettingsCheck,
) => {
  const [mention] = mentions
  const name = mentions.length === 1 && mention?.length === 1 ? mention[0] : null
  const parameter =
    typeof name === 'string' && Object.hasOwn(check.parameters, name) ? check.parameters[name] : undefined
  if (parameter === undefined) return
  const { blocks } = check.view.world.catalogue
  const wrong = (message: string, remedy: string) => reportAt(use.place, { code: 'wrong-block', message, remedy })
  if (parameter.type !== 'block') {
    if (parameter.type === 'string') return
    wrong(`A block is needed here; the parameter “${name}” is of type ${parameter.type}.`, 'Give it the type block.')
    return
  }
  for (const type of parameter.types ?? []) {
    const found = blocks.get(type)
    if (found === undefined || isAccepted(found, use.accepts)) continue
    const message = `The parameter “${name}” allows a ${type} block, which does not fit here; this takes ${use.accepts.join(' or ')}.`
    wrong(message, `Take ${type} out of the parameter's types.`)
  }
}

const checkString = (text: string, field: FieldDescription | undefined, place: Place, check: SettingsCheck): void => {
  const kind = kindOfField(field, check.dialect)
  if (kind !== null && holdsExpression(text)) {
    const { template, tasks } = checkText({ text, kind, place }, check.view)
    for (const task of tasks) check.mentions.add(task)
    if (field?.widget === 'block' && template?.whole) {
      checkBlockParameter(template.mentions, { accepts: field.blocks ?? [], place }, check)
    }
    return
  }
  if (field?.widget === 'block') checkBlock({ text, accepts: field.blocks ?? [], place }, check.view.world)
  if (field?.widget === 'code') checkCode(text, place, check.view)
}

/** Braces are a language's own, so only those that name something of the flow are a likely mistake. */
const checkCode = (text: string, place: Place, { names }: View): void => {
  const known = new Set([...names, 'tasks', 'run', 'blocks'])
  const expressions = [...text.matchAll(/\{\{-?\s*([A-Za-z_][\w-]*)[^{}]{0,200}\}\}/g)]
  const found = expressions.find(([, name = '']) => known.has(name))
  if (!found) return
  reportAt(place, {
    code: 'expression-in-code',
    severity: 'warning',
    message: `Expressions are not evaluated in code: “${found[0]}” reaches it as it is.`,
    remedy: 'Hand the value over by “args” or “env”, and read it there.',
  })
}

const checkParts = (
  value: JsonValue,
  field: FieldDescription | undefined,
  place: Place,
  check: SettingsCheck,
): void => {
  if (typeof value === 'string') return checkString(value, field, place, check)
  if (isList(value)) {
    for (const [index, item] of value.entries()) checkParts(item, partOf(field, index), inside(place, index), check)
    return
  }
  if (!isObject(value)) return
  for (const [key, part] of Object.entries(value)) {
    const at = inside(place, key)
    if (field?.widget === 'secrets' && typeof part === 'string' && !holdsExpression(part)) {
      checkSecret({ text: part, place: at }, check.view.world)
    } else checkParts(part, partOf(field, key), at, check)
  }
}

/** Keys nobody reads, at any depth: zod passes over them. */
const unknownKeys = (value: JsonValue, field: FieldDescription | undefined, path: Path): readonly Path[] => {
  if (isList(value)) return value.flatMap((item: JsonValue, index) => unknownKeys(item, field?.item, [...path, index]))
  if (!isObject(value) || field === undefined) return []
  const known = field.fields?.map(({ name }) => name)
  return Object.entries(value).flatMap(([key, part]) =>
    known !== undefined && field.item === undefined && !known.includes(key)
      ? [[...path, key]]
      : unknownKeys(part, partOf(field, key), [...path, key]),
  )
}

/** Gives the mappings in which an unknown key was found. */
const reportUnknownSettings = (settings: JsonObject, type: TaskType, place: Place): readonly string[] => {
  const fields = fieldsOf(type)
  const unknown = Object.entries(settings).flatMap(([key, value]) => {
    const field = fields.get(key)
    return field === undefined ? [[key]] : unknownKeys(value, field, [key])
  })
  for (const path of unknown) {
    const owner = path.slice(0, -1)
    const known = owner.length === 0 ? [...fields.values()] : (fieldAt(type, owner)?.fields ?? [])
    const names = known.map(({ name }) => name)
    const issue = unknownSetting(path, names)
    const message = owner.length === 0 ? `${type.type} has no setting “${inDots(path)}”.` : issue.message
    reportAt(inside(place, ...path), { ...issue, message })
  }
  return unknown.map((path) => inDots(path.slice(0, -1)))
}

/** Whether another check speaks for this part: an expression (its value is checked when it is known), or a block. */
const spokenFor = ({ path, at }: SettingIssue, settings: JsonObject, type: TaskType): boolean => {
  if (at === 'key') return false
  const value = valueAt(settings, path)
  const field = fieldAt(type, path)
  const owner = fieldAt(type, path.slice(0, -1))
  if (typeof value === 'string' && (field?.widget === 'block' || owner?.widget === 'secrets')) return true
  return kindOfField(field) !== null && expressionWithin(value)
}

const checkPaths = (settings: JsonObject, type: TaskType, place: Place, check: SettingsCheck): void => {
  const { flow, file, from } = settings
  // What is in a storage is looked for when it is needed.
  if (from !== undefined && fieldsOf(type).get('from')?.widget === 'block') return
  if (
    type.type === 'flow.run' &&
    typeof flow === 'string' &&
    !holdsExpression(flow) &&
    check.flowExists?.(flow) === false
  ) {
    const message = `There is no flow “${flow}”.`
    const remedy = 'Give a path relative to this file, or the name of a flow in the library.'
    reportAt(inside(place, 'flow'), { code: 'unknown-flow', message, remedy })
  }
  if (typeof file !== 'string' || holdsExpression(file) || fieldsOf(type).get('file')?.widget !== 'path') return
  if (check.fileExists?.(file) !== false) return
  const message = `There is no file “${file}”.`
  reportAt(inside(place, 'file'), { code: 'unknown-file', message, remedy: 'Give a path relative to this file.' })
}

/** The block itself, or the default of the parameter that gives it. What it is in a run is looked at again there. */
const likelyBlock = (database: JsonValue | undefined, { parameters }: SettingsCheck): JsonValue | undefined => {
  const [, name = ''] =
    (typeof database === 'string' ? /^\{\{-?\s*([\w-]+)\s*-?\}\}$/.exec(database.trim()) : null) ?? []
  const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (parameter === undefined) return database
  const [only, other] = parameter.types ?? []
  return parameter.default ?? (only !== undefined && other === undefined ? `block:${only}/any` : undefined)
}

/** Settings of a task, already raised to the newest version of its type; null when the type itself is wrong. */
export const checkSettings = (
  settings: JsonObject,
  type: TaskType | null,
  place: Place,
  check: SettingsCheck,
): void => {
  const database = type === null ? undefined : databaseIn(settings, fieldsOf(type))
  const dialect = dialectOf(likelyBlock(database, check), check.view.world.catalogue.blocks)
  for (const [name, value] of Object.entries(settings)) {
    checkParts(value, type === null ? undefined : fieldsOf(type).get(name), inside(place, name), { ...check, dialect })
  }
  if (type === null) return
  checkPlainSecrets(settings, fieldsOf(type), place)
  const misspelt = [...reportUnknownSettings(settings, type, place)]
  checkPaths(settings, type, place, check)
  const parsed = type.config.safeParse(settings)
  if (parsed.success) return
  for (const issue of settingIssues(parsed.error.issues, settings)) {
    if (issue.code === 'unknown-setting' || spokenFor(issue, settings, type)) continue
    // A setting under a wrong name is one mistake, and is reported as an unknown setting.
    const owner = issue.code === 'missing-setting' ? misspelt.indexOf(inDots(issue.path.slice(0, -1))) : -1
    if (owner === -1) reportAt(inside(place, ...issue.path), issue)
    else misspelt.splice(owner, 1)
  }
}
