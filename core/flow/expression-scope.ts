import type { Handle, JsonValue, Outputs } from '#core/model/handle.ts'
import { outputFields } from './names.ts'
import type { Scope } from './scope.ts'
import type { Mention } from './templates.ts'

type Fields = { [name: string]: JsonValue }

const fieldsOf = (handle: Handle): Fields => {
  switch (handle.kind) {
    case 'table':
      return { rows: handle.rows, bytes: handle.bytes, path: handle.path, columns: handle.columns }
    case 'file':
      return { path: handle.path, name: handle.name, bytes: handle.bytes, sha256: handle.sha256 }
    case 'value':
      return { value: handle.value }
    default:
      return handle satisfies never
  }
}

/** The fields of a task's only output stand beside it: `tasks.clean.rows` for `tasks.clean.table.rows`. */
const withShort = (outputs: { [output: string]: Fields }): Fields => {
  const [only, ...others] = Object.values(outputs)
  return only === undefined || others.length > 0 ? outputs : { ...only, ...outputs }
}

const ofOne = (outputs: Outputs): Fields =>
  withShort(Object.fromEntries(Object.entries(outputs).map(([output, handle]) => [output, fieldsOf(handle)])))

/** Of a mapped task each field is a list, in item order. */
const ofMany = (items: readonly Outputs[], mentions: readonly Mention[]): Fields => {
  const outputs: { [output: string]: Fields } = {}
  for (const [output, handle] of Object.entries(items[0] ?? {})) {
    const lists = outputFields[handle.kind].map((field) => {
      const values = items.map((item) => item[output]).map((one) => (one ? (fieldsOf(one)[field] ?? null) : null))
      return [field, values]
    })
    outputs[output] = Object.fromEntries(lists) as Fields
  }
  return items.length === 0 ? emptyLists(mentions) : withShort(outputs)
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
