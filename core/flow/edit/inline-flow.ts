import { isExpressionWord, namePattern } from '#core/flow/names.ts'
import type { Edited, EditOperation } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { Refused } from '#core/model/failure.ts'
import { applyEdit } from './apply-edit.ts'
import { copyTasks } from './copy-tasks.ts'
import { mentionedBy, taskOfWire, upstreamOf, wiresInto } from './extract-boundary.ts'
import { nameMentions, nameMentionsInCondition, taskMentions } from './expression-mentions.ts'
import { addFragment, freshNames, mapIn, placesOf, sectionIn, textsOf } from './fragments.ts'
import { mentionsOfTask, mentionsOfValue, rewriteNames } from './mentioned.ts'
import { changesOf, together } from './plan.ts'
import { planRenameTask } from './rename-task.ts'
import { openFlowText } from './sharing.ts'
import { difference, edited } from './splices.ts'
import { isJsonMap, sameValue, type JsonMap } from './values.ts'

export type Inlining = {
  readonly task: string
  /** The text of the subflow that the task runs. */
  readonly child: string
}

/** The tasks of a subflow in place of the `flow.run` task that runs it. Refuses where they would not do the same there. */
export const inlineFlow = (text: string, { task, child }: Inlining): Edited => {
  const tasks = mapIn(text, 'tasks')
  const caller = tasks[task]
  if (!isJsonMap(caller)) throw new Refused({ code: 'not-found', message: `The flow has no task “${task}”.` })
  const ids = Object.keys(mapIn(child, 'tasks'))
  const faults = [...faultsOfCaller(text, task, caller), ...faultsOfChild(child, ids)]
  if (faults.length > 0) throw refused(task, faults)
  const others = new Set(Object.keys(tasks).filter((id) => id !== task))
  const names = freshNames(ids, others)
  const { substitutes, variables } = substitutesFor(text, child, caller, task)
  const fragment = withAfter(rewritten(child, { ids, names, substitutes }), textsOf(caller['after']))
  const without = applyEdit(text, departure(text, { task, leaves: leavesOf(fragment), variables })).text
  return edited(text, difference(text, addFragment(without, fragment, placeFor(text, task, fragment))))
}

const refused = (task: string, faults: readonly string[]): Refused =>
  new Refused({ code: 'invalid', message: `The subflow of “${task}” cannot be brought in.\n${faults.join('\n')}` })

/** What the one task says of the subflow as a whole, and many tasks cannot. */
const ofTheWhole = [
  'for_each', 'retries', 'timeout', 'cache', 'tags', 'run_if', 'when', 'allow_failure', 'disabled', 'inputs',
] as const // prettier-ignore

const faultsOfCaller = (text: string, task: string, caller: JsonMap): readonly string[] => {
  const own = ofTheWhole
    .filter((key) => caller[key] !== undefined)
    .map((key) => `The task has “${key}”, which is for the subflow as a whole. Take it away first.`)
  const readers = Object.entries(mapIn(text, 'tasks')).flatMap(([id, other]) => {
    if (id === task || !isJsonMap(other)) return []
    const takes = wiresInto(other).some(({ from }) => taskOfWire(from) === task)
    return takes || mentionedBy(other).includes(task) || textsOf(other['for_each']).includes(task)
      ? [`${id} takes what the task gives, which would be gone.`]
      : []
  })
  const hooks = mentionsOfValue([sectionIn(text, 'hooks'), sectionIn(text, 'notify')], taskMentions)
  const atEnd = hooks.some((mention) => mention.task === task)
  return [...own, ...readers, ...(atEnd ? ['Something that runs at the end of the flow reads it.'] : [])]
}

const faultsOfChild = (child: string, ids: readonly string[]): readonly string[] => {
  const whole = ['concurrency', 'retries', 'timeout', 'hooks', 'notify', 'tags'] as const
  const own = whole
    .filter((key) => sectionIn(child, key) !== null)
    .map((key) => `The subflow has “${key}”, which is for it as a whole. Take it away there first.`)
  return ids.length === 0 ? ['The subflow has no tasks.'] : own
}

type Substitutes = { readonly substitutes: ReadonlyMap<string, string>; readonly variables: JsonMap }

/** What stands in the flow for each parameter and variable of the subflow: a name of its own, or a new variable. */
const substitutesFor = (text: string, child: string, caller: JsonMap, task: string): Substitutes => {
  const settings = isJsonMap(caller['with']) ? caller['with'] : {}
  const given = isJsonMap(settings['parameters']) ? settings['parameters'] : {}
  const [parameters, own] = [mapIn(child, 'parameters'), mapIn(child, 'variables')]
  const known = { ...mapIn(text, 'parameters'), ...mapIn(text, 'variables') }
  const substitutes = new Map<string, string>()
  const variables: { [name: string]: JsonValue } = {}
  const keep = (name: string, value: JsonValue): void => {
    const there = mapIn(text, 'variables')[name]
    const taken = (one: string) => Object.hasOwn(known, one) || Object.hasOwn(variables, one)
    if (there !== undefined && sameValue(there, value)) return void substitutes.set(name, name)
    let fresh = name
    for (let number = 2; taken(fresh); number += 1) fresh = `${name}_${number}`
    variables[fresh] = value
    substitutes.set(name, fresh)
  }
  const used = namesUsed(child)
  for (const name of Object.keys(parameters).filter((one) => used.has(one))) {
    const definition = parameters[name]
    const value = given[name] ?? (isJsonMap(definition) ? definition['default'] : undefined)
    if (value === undefined)
      throw refused(task, [`Its parameter “${name}” has no value and no default. Give it one first.`])
    const path = pathOnly(value)
    if (path !== null) substitutes.set(name, path)
    else if (readsOnlyNames(value, Object.keys(known))) keep(name, value)
    else
      throw refused(task, [`Its parameter “${name}” is worked out of other tasks or items: ${JSON.stringify(value)}.`])
  }
  for (const [name, value] of Object.entries(own).filter(([one]) => used.has(one)))
    keep(name, substituted(value, substitutes))
  return { substitutes, variables }
}

/** Parameters and variables that tasks of the subflow read, and those that its variables read. */
const namesUsed = (child: string): ReadonlySet<string> => {
  const finders = { inText: nameMentions, inCondition: nameMentionsInCondition }
  const tasks = Object.values(mapIn(child, 'tasks')).filter(isJsonMap)
  const mentions = [
    ...tasks.flatMap((task) => mentionsOfTask(task, finders)),
    ...mentionsOfValue(mapIn(child, 'variables'), nameMentions),
  ]
  return new Set(mentions.map(({ task }) => task))
}

/** `{{ color }}` and `{{ tasks.count.rows }}` can stand wherever the parameter stood. */
const pathOnly = (value: JsonValue): string | null =>
  (typeof value === 'string' &&
    /^\{\{-?\s*([\w-]+(?:\.[\w-]+|\[(?:"[^"]*"|'[^']*'|\d+)\])*)\s*-?\}\}$/.exec(value)?.[1]) ||
  null

const readsOnlyNames = (value: JsonValue, known: readonly string[]): boolean =>
  mentionsOfValue(value, nameMentions).every(
    ({ task: name }) => known.includes(name) || isExpressionWord(name) || !namePattern.test(name),
  ) && mentionsOfValue(value, taskMentions).length === 0

const substituted = (value: JsonValue, substitutes: ReadonlyMap<string, string>): JsonValue => {
  const text = applyEdit('tasks: {}\n', { kind: 'set', path: ['variables'], value: { value } }).text
  return mapIn(rewriteNames(text, substitutes), 'variables')['value'] ?? null
}

type Rewriting = {
  readonly ids: readonly string[]
  readonly names: ReadonlyMap<string, string>
  readonly substitutes: ReadonlyMap<string, string>
}

const rewritten = (child: string, { ids, names, substitutes }: Rewriting): string => {
  const copied = copyTasks(child, ids)
  const flow = openFlowText(copied)
  const renames = [...names].map(([task, to]) => planRenameTask(flow, { kind: 'rename-task', task, to }))
  return rewriteNames(edited(copied, changesOf(flow, together(renames))).text, substitutes)
}

const definitionsIn = (text: string): readonly (readonly [string, JsonMap])[] =>
  Object.entries(mapIn(text, 'tasks')).flatMap(([id, task]) => (isJsonMap(task) ? [[id, task] as const] : []))

/** Those that wait for no other of the subflow wait for what the subflow waited for. */
const withAfter = (fragment: string, after: readonly string[]): string => {
  if (after.length === 0) return fragment
  const own = definitionsIn(fragment)
  const ids = new Set(own.map(([id]) => id))
  const first = own.filter(([, task]) => [...upstreamOf(task)].every((one) => !ids.has(one)))
  const operations = first.map(([id, task]): EditOperation => ({
    kind: 'set',
    path: ['tasks', id, 'after'],
    value: [...new Set([...textsOf(task['after']), ...after])],
  }))
  return applyEdit(fragment, { kind: 'batch', operations }).text
}

const leavesOf = (fragment: string): readonly string[] => {
  const own = definitionsIn(fragment)
  const waitedFor = new Set(own.flatMap(([, task]) => [...upstreamOf(task)]))
  return own.map(([id]) => id).filter((id) => !waitedFor.has(id))
}

type Departure = { readonly task: string; readonly leaves: readonly string[]; readonly variables: JsonMap }

/** The task goes; what waited for it waits for the last tasks of the subflow. */
const departure = (text: string, { task, leaves, variables }: Departure): EditOperation => {
  const waiting = definitionsIn(text).flatMap(([id, other]): EditOperation[] => {
    const now = textsOf(other['after'])
    if (!now.includes(task)) return []
    const value = [...new Set(now.flatMap((one) => (one === task ? leaves : [one])))]
    return [{ kind: 'set', path: ['tasks', id, 'after'], value }]
  })
  const added = Object.entries(variables).map(([name, value]): EditOperation => ({
    kind: 'set',
    path: ['variables', name],
    value,
  }))
  return { kind: 'batch', operations: [...waiting, ...added, { kind: 'remove-task', task }] }
}

/** The subflow's tasks come where their task stood, with it in their middle. */
const placeFor = (text: string, task: string, fragment: string): readonly [number, number] => {
  const [x, y] = placesOf(text, [task])?.corner ?? [0, 0]
  const { corner, middle } = placesOf(fragment, Object.keys(mapIn(fragment, 'tasks'))) ?? {
    corner: [0, 0],
    middle: [0, 0],
  }
  return [x - middle[0] + corner[0], y - middle[1] + corner[1]]
}
