import { hookNames, type FlowDocument, type HookName, type TaskDocument } from '#core/model/flow-document.ts'
import { Refused } from '#core/model/failure.ts'
import { fuse } from './fusion.ts'

/** A source of data for an input port: a task by its index in the plan, and the name of its output. */
export type Source = { readonly task: number; readonly output: string }

export type PlannedInput = {
  readonly port: string
  readonly many: boolean
  readonly optional: boolean
  readonly sources: readonly Source[]
}

export type PlannedTask = {
  readonly index: number
  readonly document: TaskDocument
  /** null for a task of the flow itself. */
  readonly hook: HookName | null
  /** Direct ones, each once, ascending: through inputs, `after`, expressions and for_each. */
  readonly upstream: readonly number[]
  readonly downstream: readonly number[]
  readonly inputs: readonly PlannedInput[]
  /** Outputs that other tasks take, with the tasks that take them. */
  readonly takers: ReadonlyMap<string, readonly number[]>
  /** For a mapped task: the one whose items it has, itself or the end of its `like` chain; else null. */
  readonly itemsOf: number | null
  /** The task that may run in one job with this one, right after it. */
  readonly fusedWith: number | null
}

/** A flow's graph. Tasks stand in topological order, hooks after all others; a task's index is its place. */
export type Plan = {
  readonly document: FlowDocument
  readonly tasks: readonly PlannedTask[]
  /** How many of them are not hooks. */
  readonly mainCount: number
  readonly indexOf: ReadonlyMap<string, number>
}

type Entry = { readonly document: TaskDocument; readonly hook: HookName | null }

const entriesOf = (document: FlowDocument): Entry[] => [
  ...document.tasks.map((task) => ({ document: task, hook: null })),
  ...hookNames.flatMap((hook) => document.hooks[hook].map((task) => ({ document: task, hook }))),
]

/** Ids of the tasks a task waits for, possibly more than once. */
const upstreamIds = (task: TaskDocument): string[] => {
  const ids = [...task.after, ...task.mentions]
  for (const port in task.inputs) for (const source of task.inputs[port] ?? []) ids.push(source.task)
  if (task.forEach?.kind === 'like') ids.push(task.forEach.task)
  return ids
}

/** Each entry's distinct upstream as positions in `entries`. */
const upstreamOf = (entries: readonly Entry[]): number[][] => {
  const positions = new Map(entries.map((entry, position) => [entry.document.id, position]))
  return entries.map(({ document, hook }) => {
    const found = new Set<number>()
    for (const id of upstreamIds(document)) {
      const position = positions.get(id)
      const entry = position === undefined ? undefined : entries[position]
      if (position === undefined || !entry || (entry.hook !== null && entry.hook !== hook)) {
        throw new Refused({
          code: 'invalid',
          message: `Task “${document.id}” waits for “${id}”, which does not exist. Check the flow.`,
        })
      }
      found.add(position)
    }
    return [...found]
  })
}

const invert = (upstream: readonly (readonly number[])[]): number[][] => {
  const downstream: number[][] = upstream.map(() => [])
  for (const [position, above] of upstream.entries()) for (const one of above) downstream[one]?.push(position)
  return downstream
}

/** Positions in topological order: main tasks before hooks, and otherwise as free as possible in the document's order. */
const sorted = (entries: readonly Entry[], upstream: readonly (readonly number[])[]): number[] => {
  const downstream = invert(upstream)
  const open = upstream.map((above) => above.length)
  const free: { main: number[]; hooks: number[] } = { main: [], hooks: [] }
  const settle = (position: number) => (entries[position]?.hook === null ? free.main : free.hooks).push(position)
  for (const [position, count] of open.entries()) if (count === 0) settle(position)
  const follow = (order: number[]) => {
    for (const position of order) {
      for (const below of downstream[position] ?? []) {
        const left = (open[below] ?? 0) - 1
        open[below] = left
        if (left === 0) settle(below)
      }
    }
  }
  follow(free.main)
  follow(free.hooks)
  const order = [...free.main, ...free.hooks]
  if (order.length < entries.length) {
    const names = entries.filter((_, position) => (open[position] ?? 0) > 0).map((entry) => entry.document.id)
    throw new Refused({
      code: 'invalid',
      message: `These tasks wait for one another: ${names.join(', ')}. Take a connection away.`,
    })
  }
  return order
}

const inputsOf = (document: TaskDocument, indexOf: ReadonlyMap<string, number>): PlannedInput[] =>
  Object.entries(document.inputs).map(([port, references]) => ({
    port,
    many: document.traits.many.includes(port),
    optional: document.traits.optional.includes(port),
    sources: references.map(({ task, output }) => ({ task: indexOf.get(task) ?? -1, output })),
  }))

const takersOf = (inputs: readonly (readonly PlannedInput[])[]): Map<string, number[]>[] => {
  const takers = inputs.map(() => new Map<string, number[]>())
  for (const [index, ports] of inputs.entries()) {
    for (const { sources } of ports) {
      for (const { task, output } of sources) {
        const found = takers[task]?.get(output)
        if (found) found.push(index)
        else takers[task]?.set(output, [index])
      }
    }
  }
  return takers
}

const none: readonly never[] = []

/** Throws Refused for a graph that cannot run; a checked flow document always can. */
export const planFlow = (document: FlowDocument): Plan => {
  const entries = entriesOf(document)
  const order = sorted(entries, upstreamOf(entries))
  const ordered = order.flatMap((position) => entries[position] ?? [])
  const indexOf = new Map(ordered.map((entry, index) => [entry.document.id, index]))
  const upstream = upstreamOf(ordered).map((above) => above.toSorted((a, b) => a - b))
  const downstream = invert(upstream)
  const inputs = ordered.map((entry) => inputsOf(entry.document, indexOf))
  const takers = takersOf(inputs)
  const tasks: PlannedTask[] = []
  for (const [index, entry] of ordered.entries()) {
    const { forEach } = entry.document
    const like = forEach?.kind === 'like' ? tasks[indexOf.get(forEach.task) ?? -1] : undefined
    tasks.push({
      index,
      document: entry.document,
      hook: entry.hook,
      upstream: upstream[index] ?? none,
      downstream: downstream[index] ?? none,
      inputs: inputs[index] ?? none,
      takers: takers[index] ?? new Map(),
      itemsOf: forEach === null ? null : forEach.kind === 'like' ? (like?.itemsOf ?? null) : index,
      fusedWith: null,
    })
  }
  return { document, tasks: fuse(tasks), mainCount: document.tasks.length, indexOf }
}
