import type { Handle, JsonValue, Outputs } from '#core/model/handle.ts'
import { outputFields } from './names.ts'
import type { Scope } from './scope.ts'
import type { Mention } from './templates.ts'

type Fields = { [name: string]: JsonValue }

const fieldsOf = (handle: Exclude<Handle, { kind: 'value' }>): Fields => {
  switch (handle.kind) {
    case 'table':
      return { rows: handle.rows, bytes: handle.bytes, path: handle.path, columns: handle.columns }
    case 'file':
      return { path: handle.path, name: handle.name, bytes: handle.bytes, sha256: handle.sha256 }
    default:
      return handle satisfies never
  }
}

/** The fields of a task's only output stand beside it: `tasks.clean.rows` for `tasks.clean.table.rows`. */
const withShort = (outputs: Fields, kinds: readonly Handle['kind'][]): Fields => {
  const [only] = Object.values(outputs)
  return kinds.length === 1 && kinds[0] !== 'value' ? { ...(only as Fields), ...outputs } : outputs
}

const kindsOf = (outputs: Outputs): readonly Handle['kind'][] => Object.values(outputs).map(({ kind }) => kind)

const ofOne = (outputs: Outputs): Fields => {
  const read = (handle: Handle) => (handle.kind === 'value' ? handle.value : fieldsOf(handle))
  const all = Object.fromEntries(Object.entries(outputs).map(([output, handle]) => [output, read(handle)]))
  return withShort(all, kindsOf(outputs))
}

/** Of a mapped task each value, and each field of a table or file, is a list, in item order. */
const ofMany = (items: readonly Outputs[], mentions: readonly Mention[]): Fields => {
  const [first] = items
  if (first === undefined) return emptyLists(mentions)
  const listOf = (output: string, field: string | null): JsonValue =>
    items.map((item) => {
      const handle = item[output]
      if (handle === undefined) return null
      if (handle.kind === 'value') return handle.value
      return field === null ? null : (fieldsOf(handle)[field] ?? null)
    })
  const read = (output: string, { kind }: Handle): JsonValue =>
    kind === 'value'
      ? listOf(output, null)
      : Object.fromEntries(outputFields[kind].map((field) => [field, listOf(output, field)]))
  const all = Object.fromEntries(Object.entries(first).map(([output, handle]) => [output, read(output, handle)]))
  return withShort(all, kindsOf(first))
}

const knownFields: ReadonlySet<string> = new Set(Object.values(outputFields).flat())

/** Without items nobody knows the outputs; whatever is asked for is an empty list. */
const emptyLists = (mentions: readonly Mention[]): Fields => {
  const outputs: { [output: string]: { [field: string]: JsonValue } | [] } = {}
  for (const [, , output, field] of mentions) {
    if (typeof output !== 'string') continue
    const known = typeof field === 'string' && knownFields.has(field) ? field : null
    const before = outputs[output]
    if (known === null) outputs[output] ??= []
    else if (before === undefined || Array.isArray(before)) outputs[output] = { [known]: [] }
    else before[known] = []
  }
  return outputs
}

/** What the template engine sees: only the tasks and blocks that are mentioned. */
export const expressionScope = (scope: Scope, mentions: readonly Mention[]): object => {
  const tasks: { [task: string]: Fields } = {}
  for (const [root, id] of mentions) {
    if (root !== 'tasks' || typeof id !== 'string' || Object.hasOwn(tasks, id) || !Object.hasOwn(scope.tasks, id))
      continue
    const outputs = scope.tasks[id]
    const own = mentions.filter(([first, second]) => first === 'tasks' && second === id)
    if (outputs !== undefined) tasks[id] = isList(outputs) ? ofMany(outputs, own) : ofOne(outputs)
  }
  const { parameters, variables, item, run, blocks } = scope
  return { ...parameters, ...variables, ...(item && { [item.name]: item.value }), run, tasks, blocks }
}

const isList = (outputs: Outputs | readonly Outputs[]): outputs is readonly Outputs[] => Array.isArray(outputs)
