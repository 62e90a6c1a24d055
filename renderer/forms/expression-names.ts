import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import type { JsonValue, PortKind } from '#core/model/handle.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { wouldCycle } from '#renderer/stores/edits.ts'
import { mapAt, textAt, type Outline } from '#renderer/stores/outline.ts'
import type { ExpressionName } from './form.ts'

/** What an expression may read of an output. A value is itself. */
const fieldsOfKind: Readonly<Record<PortKind, readonly string[]>> = {
  table: ['rows', 'bytes', 'path', 'columns'],
  file: ['path', 'name', 'bytes', 'sha256'],
  value: [],
}

const runNames: readonly ExpressionName[] = [
  { name: 'run.id', hint: 'of the flow run' },
  { name: 'run.name', hint: 'of the flow run' },
  { name: 'run.flow', hint: 'name of the flow' },
  { name: 'run.started_at', hint: 'when the run began' },
]

const outputNames = (task: string, type: TaskTypeSummary): readonly ExpressionName[] =>
  Object.entries(type.outputs).flatMap(([output, { kind, title }], index) => {
    const base = `tasks.${task}.${output}`
    const fields = fieldsOfKind[kind]
    if (fields.length === 0) return [{ name: base, hint: title }]
    // The fields of the first output stand beside it.
    const short = index === 0 ? fields.map((field) => ({ name: `tasks.${task}.${field}`, hint: title })) : []
    return [...short, ...fields.map((field) => ({ name: `${base}.${field}`, hint: title }))]
  })

const plainName = /^[\w-]+$/

const blockNames = (blocks: readonly Block[], types: ReadonlyMap<string, BlockTypeSummary>) =>
  blocks.flatMap(({ type, name }) =>
    plainName.test(name)
      ? (types.get(type)?.fields ?? []).map((field) => ({
          name: `blocks.${type}.${name}.${field.name}`,
          hint: field.title,
        }))
      : [],
  )

export type NameSources = {
  readonly flow: JsonValue
  readonly outline: Outline
  readonly taskTypes: ReadonlyMap<string, TaskTypeSummary>
  readonly blockTypes: ReadonlyMap<string, BlockTypeSummary>
  readonly blocks: readonly Block[]
  /** The task whose expressions they are for; null for the flow itself, where no task has run. */
  readonly task: string | null
}

/** All that an expression may name, the nearest first. */
export const expressionNames = (sources: NameSources): readonly ExpressionName[] => {
  const { flow, outline, taskTypes, blockTypes, blocks, task } = sources
  const own = outline.tasks.find(({ id }) => id === task)?.raw
  const item = own?.['for_each'] === undefined ? [] : [{ name: textAt(own, 'as') ?? 'item', hint: 'item' }]
  const before = task === null ? [] : outline.tasks.filter(({ id }) => id !== task && !wouldCycle(outline, id, task))
  return [
    ...item,
    ...Object.keys(mapAt(flow, 'parameters')).map((name) => ({ name, hint: 'parameter' })),
    ...Object.keys(mapAt(flow, 'variables')).map((name) => ({ name, hint: 'variable' })),
    ...before.flatMap(({ id, type }) => {
      const found = taskTypes.get(type)
      return found ? outputNames(id, found) : []
    }),
    ...runNames,
    ...blockNames(blocks, blockTypes),
  ]
}
