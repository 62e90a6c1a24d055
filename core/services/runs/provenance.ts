import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import { describeFields } from '#core/kinds/describe-fields.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import type { WrittenDataset } from '#core/model/dataset.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { FlowDocument, TaskDocument } from '#core/model/flow-document.ts'
import type { TaskRun } from '#core/model/flow-run.ts'
import { handlesIn, type JsonValue } from '#core/model/handle.ts'
import { parseTaskRunKey, taskRunKey } from '#core/model/task-run-key.ts'

export type ProvenanceWorld = {
  readonly catalogue: Pick<Catalogue, 'tasks'>
  /** The folder that relative paths of the flow mean. */
  readonly flowFolder: string
  taskRun(key: string): Pick<TaskRun, 'settings' | 'outputs'> | null
}

/** Items of a mapped task that are looked at, and most sources that are named. */
const lookedAt = 100

/** Web addresses, files and blocks that the settings of the tasks at the beginning name. */
export const madeFrom = (world: ProvenanceWorld, document: FlowDocument, writer: string): readonly string[] => {
  const { task, item } = parseTaskRunKey(writer)
  const tasks = new Map(document.tasks.map((one) => [one.id, one]))
  const seen = new Set<string>()
  const sources = new Set<string>()
  const visit = (id: string): void => {
    const found = tasks.get(id)
    if (!found || seen.has(id)) return
    seen.add(id)
    const before = Object.values(found.inputs).flat()
    for (const reference of before) visit(reference.task)
    if (before.length > 0) return
    for (const run of runsOf(world, found, item))
      for (const source of sourcesIn(world, found, run.settings)) sources.add(source)
  }
  visit(task)
  return [...sources].slice(0, lookedAt)
}

/** What a file that was written holds, from the table that the task which made it took. */
export const tableWritten = (
  world: ProvenanceWorld,
  document: FlowDocument,
  writer: string,
): WrittenDataset['table'] => {
  const { task, item } = parseTaskRunKey(writer)
  const taskNamed = (id: string) => document.tasks.find((one) => one.id === id)
  const [made, ...others] = Object.values(taskNamed(task)?.inputs ?? {}).flat()
  const maker = made && others.length === 0 ? taskNamed(made.task) : undefined
  const [taken, ...more] = Object.values(maker?.inputs ?? {}).flat()
  const from = taken && more.length === 0 ? taskNamed(taken.task) : undefined
  if (!maker || !made || !from || !taken) return null
  const [run, ...runs] = runsOf(world, from, item)
  const table = run?.outputs[taken.output]
  if (table?.kind !== 'table') return null
  const files = runsOf(world, maker, item).flatMap(({ outputs }) => handlesIn(outputs[made.output]))
  return { columns: table.columns, rows: runs.length === 0 && files.length === 1 ? table.rows : null }
}

/** The run of a task, or those of its items: the one that belongs to the writer's item where it follows it. */
const runsOf = (
  { taskRun }: ProvenanceWorld,
  task: TaskDocument,
  item: number | null,
): readonly Pick<TaskRun, 'settings' | 'outputs'>[] => {
  if (task.forEach === null) return [taskRun(task.id)].filter((run) => run !== null)
  if (item !== null) return [taskRun(taskRunKey(task.id, item))].filter((run) => run !== null)
  const runs: Pick<TaskRun, 'settings' | 'outputs'>[] = []
  for (let index = 0; index < lookedAt; index += 1) {
    const run = taskRun(taskRunKey(task.id, index))
    if (!run) break
    runs.push(run)
  }
  return runs
}

const sourcesIn = (world: ProvenanceWorld, { type }: TaskDocument, settings: JsonValue): readonly string[] => {
  const found = world.catalogue.tasks.get(type)
  if (!found || !isRecord(settings)) return []
  return fieldsOf(found).flatMap((field) => locationsAt(world, field, settings[field.name]))
}

const described = new WeakMap<TaskType, readonly FieldDescription[]>()

const fieldsOf = (type: TaskType): readonly FieldDescription[] => {
  const fields = described.get(type) ?? describeFields(type.config)
  described.set(type, fields)
  return fields
}

const isRecord = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const locationsAt = (
  world: ProvenanceWorld,
  { widget, item }: FieldDescription,
  value: JsonValue | undefined,
): readonly string[] => {
  if (Array.isArray(value)) return item ? value.flatMap((one: JsonValue) => locationsAt(world, item, one)) : []
  if (typeof value !== 'string') return []
  if (widget === 'url' || widget === 'block') return [value]
  return widget === 'path' ? [pathToFileURL(path.resolve(world.flowFolder, value)).href] : []
}
