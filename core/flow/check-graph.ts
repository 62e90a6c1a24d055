import type { TaskDocument } from '#core/model/flow-document.ts'
import { inside, reportAt, type Place } from './finding.ts'

/** The tasks a task waits for. */
const upstreamOf = (task: TaskDocument): ReadonlySet<string> => {
  const upstream = new Set([...task.after, ...task.mentions])
  for (const references of Object.values(task.inputs)) for (const { task: from } of references) upstream.add(from)
  if (task.forEach?.kind === 'like') upstream.add(task.forEach.task)
  return upstream
}

/** Follows `for_each: task` to the task that has the items. `follows` gives the task that one follows, if any. */
export const rootFinder = (follows: (task: string) => string | null): ((task: string) => string) => {
  const roots = new Map<string, string>()
  return (task) => {
    const seen = new Set<string>()
    let at = task
    for (let next = follows(at); next !== null && !roots.has(at) && !seen.has(at); next = follows(at)) {
      seen.add(at)
      at = next
    }
    const root = roots.get(at) ?? at
    for (const name of seen) roots.set(name, root)
    return root
  }
}

type Visit = { readonly id: string; readonly next: ArrayIterator<string> }

/** Tarjan's strongly connected components, without recursion. */
const components = (graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] => {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const open = new Set<string>()
  const stack: string[] = []
  const found: string[][] = []
  const visits: Visit[] = []
  const enter = (id: string): void => {
    index.set(id, index.size)
    low.set(id, index.size - 1)
    stack.push(id)
    open.add(id)
    visits.push({ id, next: (graph.get(id) ?? [])[Symbol.iterator]() })
  }
  const lower = (id: string, to: number): void => void low.set(id, Math.min(low.get(id) ?? to, to))
  const leave = (id: string): void => {
    visits.pop()
    const parent = visits.at(-1)
    if (parent) lower(parent.id, low.get(id) ?? 0)
    if (low.get(id) !== index.get(id)) return
    const members = stack.splice(stack.lastIndexOf(id))
    for (const member of members) open.delete(member)
    found.push(members)
  }
  for (const start of graph.keys()) {
    if (index.has(start)) continue
    enter(start)
    for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
      const step = visit.next.next()
      if (step.done) {
        leave(visit.id)
        continue
      }
      const { value } = step

      if (!index.has(value)) enter(value)
      else if (open.has(value)) lower(visit.id, index.get(value) ?? 0)
    }
  }
  return found
}

/** The shortest way from a task back to itself within a component, in the order in which they wait. */
const circleFrom = (
  start: string,
  members: ReadonlySet<string>,
  graph: ReadonlyMap<string, readonly string[]>,
): readonly string[] => {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const at of queue) {
    for (const next of graph.get(at) ?? []) {
      if (next === start) {
        const circle = [start]
        for (let step = at; step !== start; step = cameFrom.get(step) ?? start) circle.push(step)
        return [...circle, start]
      }
      if (!members.has(next) || cameFrom.has(next)) continue
      cameFrom.set(next, at)
      queue.push(next)
    }
  }
  return [start]
}

/** Reports each circle once, naming its tasks in the order in which they would run. */
export const checkCircles = (tasks: readonly TaskDocument[], place: Place): void => {
  const ids = new Set(tasks.map(({ id }) => id))
  const order = new Map(tasks.map(({ id }, position) => [id, position]))
  const graph = new Map(tasks.map((task) => [task.id, [...upstreamOf(task)].filter((id) => ids.has(id))]))
  for (const members of components(graph)) {
    const [first = ''] = members.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    if (members.length === 1 && !graph.get(first)?.includes(first)) continue
    // The graph points upstream, and the walk back from the start is downstream: the order in which tasks run.
    const circle = circleFrom(first, new Set(members), graph)
    const message =
      members.length === 1
        ? `Task “${first}” waits for itself.`
        : `These tasks wait for one another in a circle: ${circle.join(' → ')}.`
    reportAt(inside(place, first), { code: 'cycle', at: 'key', message, remedy: 'Take away one of these connections.' })
  }
}
