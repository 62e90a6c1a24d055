import type { JsonValue } from '#core/model/handle.ts'
import { taskMentions, taskMentionsInCondition } from './expression-mentions.ts'
import { textsOf } from './fragments.ts'
import { mentionsOfTask, mentionsOfValue } from './mentioned.ts'
import { isJsonMap, type JsonMap } from './values.ts'

export type Definitions = ReadonlyMap<string, JsonMap>

const finders = { inText: taskMentions, inCondition: taskMentionsInCondition }

/** Every wire into a task: port and the output it takes. */
export const wiresInto = (definition: JsonMap): readonly { readonly port: string; readonly from: string }[] => {
  const inputs = isJsonMap(definition['inputs']) ? Object.entries(definition['inputs']) : []
  return inputs.flatMap(([port, value]) => textsOf(value).map((from) => ({ port, from })))
}

export const taskOfWire = (wire: string): string => wire.slice(0, (wire.indexOf('.') + 1 || wire.length + 1) - 1)

export const mentionedBy = (definition: JsonMap): readonly string[] =>
  mentionsOfTask(definition, finders).map(({ task }) => task)

/** Tasks that a task waits for. */
export const upstreamOf = (definition: JsonMap): ReadonlySet<string> =>
  new Set([
    ...wiresInto(definition).map(({ from }) => taskOfWire(from)),
    ...textsOf(definition['after']),
    ...mentionedBy(definition),
    ...textsOf(definition['for_each']),
  ])

/** Why tasks cannot become a subflow: what crosses, and a subflow's task cannot carry. */
export const boundaryFaults = (all: Definitions, chosen: ReadonlySet<string>, others: JsonValue): readonly string[] => {
  const faults: string[] = []
  for (const [id, definition] of all) {
    const inside = chosen.has(id)
    const crosses = (task: string) => all.has(task) && chosen.has(task) !== inside
    for (const { port, from } of wiresInto(definition)) {
      if (crosses(taskOfWire(from)))
        faults.push(
          `Data would cross by the wire from ${from} to ${id}.${port}: a subflow takes parameters and gives back only how it ended. Choose ${inside ? taskOfWire(from) : id} too, or leave ${inside ? id : taskOfWire(from)} out.`,
        )
    }
    for (const task of textsOf(definition['for_each']))
      if (crosses(task)) faults.push(`${id} goes through the items of ${task} (for_each). Choose both or neither.`)
    if (!inside)
      for (const task of new Set(mentionedBy(definition).filter(crosses)))
        faults.push(
          `An expression of ${id} reads tasks.${task}, of which a subflow gives nothing back. Choose ${id} too.`,
        )
  }
  for (const { task } of mentionsOfValue(others, taskMentions))
    if (chosen.has(task)) faults.push(`Something that runs at the end of the flow reads tasks.${task}.`)
  return [...new Set([...faults, ...between(all, chosen), ...conditions(all, chosen)])]
}

/** Tasks after some of the chosen and before others: the subflow would wait for itself. */
const between = (all: Definitions, chosen: ReadonlySet<string>): readonly string[] => {
  const upstream = new Map([...all].map(([id, definition]) => [id, upstreamOf(definition)]))
  const downstream = new Map<string, string[]>()
  for (const [id, before] of upstream)
    for (const task of before) downstream.set(task, [...(downstream.get(task) ?? []), id])
  const before = reachedFrom(chosen, (task) => upstream.get(task) ?? [])
  const after = reachedFrom(chosen, (task) => downstream.get(task) ?? [])
  return [...all.keys()]
    .filter((id) => before.has(id) && after.has(id))
    .map((id) => `${id} lies between them: it waits for some and others wait for it. Choose it too.`)
}

/** Without those it starts from. */
const reachedFrom = (start: ReadonlySet<string>, next: (task: string) => Iterable<string>): ReadonlySet<string> => {
  const reached = new Set<string>()
  const open = [...start]
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    for (const one of next(task)) {
      if (start.has(one) || reached.has(one)) continue
      reached.add(one)
      open.push(one)
    }
  }
  return reached
}

/** A task that runs on another outcome than success of tasks that stay outside: the subflow as a whole cannot. */
const conditions = (all: Definitions, chosen: ReadonlySet<string>): readonly string[] =>
  [...chosen].flatMap((id) => {
    const definition = all.get(id) ?? {}
    const runIf = definition['run_if']
    if (runIf === undefined || runIf === 'all_succeeded') return []
    const outside = [...upstreamOf(definition)].filter((task) => all.has(task) && !chosen.has(task))
    if (outside.length === 0) return []
    return [
      `${id} runs by the outcome of ${outside.join(', ')} (run_if: ${JSON.stringify(runIf)}). Choose them together.`,
    ]
  })
