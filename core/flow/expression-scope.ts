import { handlesIn, type Handle, type JsonValue, type Output, type Outputs } from '#core/model/handle.ts'
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

/** The fields of a task's first output stand beside it: `tasks.clean.rows` for `tasks.clean.table.rows`. */
const withShort = (read: Fields, outputs: Outputs): Fields => {
  const [first] = Object.keys(outputs)
  const kind = first === undefined ? undefined : outputs[first]?.kind
  return first !== undefined && (kind === 'table' || kind === 'file') ? { ...(read[first] as Fields), ...read } : read
}

/** Of a list each field is a list. */
const ofList = (handles: readonly Handle[]): JsonValue => {
  const [first] = handles
  if (first?.kind === 'value') return handles.map((handle) => (handle.kind === 'value' ? handle.value : null))
  const fields: readonly string[] = first === undefined ? [...knownFields] : outputFields[first.kind]
  const fieldOf = (handle: Handle, field: string) =>
    handle.kind === 'value' ? null : (fieldsOf(handle)[field] ?? null)
  return Object.fromEntries(fields.map((field) => [field, handles.map((handle) => fieldOf(handle, field))]))
}

const ofOutput = (output: Output): JsonValue => {
  if (output.kind === 'list') return ofList(output.handles)
  return output.kind === 'value' ? output.value : fieldsOf(output)
}

const ofOne = (outputs: Outputs): Fields => {
  const all = Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, ofOutput(output)]))
  return withShort(all, outputs)
}

/** Of a mapped task each value, and each field of a table or file, is a list, in item order. */
const ofMany = (items: readonly Outputs[], mentions: readonly Mention[]): Fields => {
  const [first] = items
  if (first === undefined) return emptyLists(mentions)
  const listOf = (output: string, field: string | null): JsonValue =>
    items.map((item) => {
      const handle = item[output]
      if (handle === undefined || handle.kind === 'list') return null
      if (handle.kind === 'value') return handle.value
      return field === null ? null : (fieldsOf(handle)[field] ?? null)
    })
  const read = (output: string, { kind }: Output): JsonValue => {
    if (kind === 'list') return ofList(items.flatMap((item) => handlesIn(item[output])))
    if (kind === 'value') return listOf(output, null)
    return Object.fromEntries(outputFields[kind].map((field) => [field, listOf(output, field)]))
  }
  const all = Object.fromEntries(Object.entries(first).map(([output, handle]) => [output, read(output, handle)]))
  return withShort(all, first)
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
