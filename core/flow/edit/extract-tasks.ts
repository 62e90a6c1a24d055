import type { Edited, EditOperation } from '#core/model/flow-edit.ts'
import type { PortKind } from '#core/model/handle.ts'
import { Refused } from '#core/model/failure.ts'
import { outputFields } from '#core/flow/names.ts'
import { applyEdit } from './apply-edit.ts'
import { copySection, copyTasks } from './copy-tasks.ts'
import { boundaryFaults, type Definitions } from './extract-boundary.ts'
import { nameMentions, nameMentionsInCondition } from './expression-mentions.ts'
import { pathFinders, pathMentions, pathMentionsInCondition, type PathMention } from './expression-paths.ts'
import { mapIn, placesOf, sectionIn, textsOf } from './fragments.ts'
import { mentionsOfTask, mentionsOfValue, rewriteMentions } from './mentioned.ts'
import { isJsonMap, type JsonMap } from './values.ts'

export type Extraction = {
  readonly tasks: readonly string[]
  /** The task that takes their place; of an id that no task has. */
  readonly task: string
  /** What `flow.run` calls the subflow. */
  readonly flow: string
  /** The name of the subflow. */
  readonly name: string
  /** Of the outputs of a task type, by name; null for a type that is not known. */
  outputs(type: string): Readonly<Record<string, PortKind>> | null
}

/** The flow with one task in place of several, and these as a flow of their own. Refuses where they are not of one piece. */
export const extractTasks = (text: string, extraction: Extraction): { parent: Edited; child: string } => {
  const all: Definitions = new Map(
    Object.entries(mapIn(text, 'tasks')).flatMap(([id, task]) => (isJsonMap(task) ? [[id, task] as const] : [])),
  )
  const chosen = new Set(extraction.tasks)
  const missing = extraction.tasks.find((id) => !all.has(id))
  if (missing !== undefined) throw new Refused({ code: 'not-found', message: `The flow has no task “${missing}”.` })
  const others = [sectionIn(text, 'hooks'), sectionIn(text, 'notify')]
  const faults = boundaryFaults(all, chosen, others)
  if (faults.length > 0) throw refused(faults)
  const own = [...all].filter(([id]) => chosen.has(id))
  const names = namesUsed(text, own)
  const outer = outerPaths({ text, all, chosen, extraction, names }, own)
  return {
    parent: applyEdit(
      text,
      parentEdit(all, chosen, extraction, {
        given: givenTo(text, names, outer),
        position: placesOf(text, extraction.tasks)?.middle ?? null,
      }),
    ),
    child: childText(text, { own, chosen, extraction, names, outer }),
  }
}

const refused = (faults: readonly string[]): Refused =>
  new Refused({
    code: 'invalid',
    message: `These tasks cannot become a subflow.\n${faults.slice(0, 8).join('\n')}${faults.length > 8 ? `\nAnd ${faults.length - 8} more.` : ''}`,
  })

type Own = readonly (readonly [string, JsonMap])[]

/** Parameters and variables that the tasks read, and those that their variables read. */
const namesUsed = (text: string, own: Own): ReadonlySet<string> => {
  const [parameters, variables] = [mapIn(text, 'parameters'), mapIn(text, 'variables')]
  const finders = { inText: nameMentions, inCondition: nameMentionsInCondition }
  const open = own.flatMap(([, definition]) => mentionsOfTask(definition, finders).map(({ task }) => task))
  const used = new Set<string>()
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name) || !(Object.hasOwn(parameters, name) || Object.hasOwn(variables, name))) continue
    used.add(name)
    open.push(...mentionsOfValue(variables[name] ?? null, nameMentions).map(({ task }) => task))
  }
  return used
}

/** Something outside that expressions read, which becomes a parameter. */
type OuterPath = { readonly path: string; readonly parameter: string; readonly definition: JsonMap }

type Around = {
  readonly text: string
  readonly all: Definitions
  readonly chosen: ReadonlySet<string>
  readonly extraction: Extraction
  readonly names: ReadonlySet<string>
}

const outerPaths = (around: Around, own: Own): readonly OuterPath[] => {
  const variables = mapIn(around.text, 'variables')
  const finders = { inText: pathMentions, inCondition: pathMentionsInCondition }
  const mentions = [
    ...own.flatMap(([id, definition]) => mentionsOfTask(definition, finders).map((mention) => ({ mention, by: id }))),
    ...[...around.names].flatMap((name) =>
      mentionsOfValue(variables[name] ?? null, pathMentions).map((mention) => ({ mention, by: name })),
    ),
  ]
  const outer = new Map<string, OuterPath>()
  const taken = new Set([...Object.keys(mapIn(around.text, 'parameters')), ...Object.keys(variables)])
  for (const [, definition] of own) taken.add(typeof definition['as'] === 'string' ? definition['as'] : 'item')
  const faults: string[] = []
  for (const { mention, by } of mentions) {
    const [root, task] = mention.steps
    if ((root === 'tasks' && around.chosen.has(task ?? '')) || outer.has(mention.task)) continue
    const type = typeOf(around, mention, isItems(own, by, mention))
    if (type === null) {
      faults.push(
        `${by} reads ${mention.task}, and a parameter needs a type that is known before the run. Choose ${task ?? 'that task'} too.`,
      )
      continue
    }
    const parameter = freshName(taken, mention)
    taken.add(parameter)
    outer.set(mention.task, { path: mention.task, parameter, definition: { type } })
  }
  if (faults.length > 0) throw refused(faults)
  return [...outer.values()]
}

/** The mention is all that `for_each` says, so it is a list. */
const isItems = (own: Own, by: string, mention: PathMention): boolean => {
  const forEach = own.find(([id]) => id === by)?.[1]['for_each']
  return typeof forEach === 'string' && forEach.replaceAll(/^\{\{-?\s*|\s*-?\}\}$/g, '') === mention.task
}

const freshName = (taken: ReadonlySet<string>, { steps }: PathMention): string => {
  const words = steps.slice(1).filter((step) => step !== null && !/^\d+$/.test(step))
  const base = (words.length === 1 ? ['run', ...words] : [words[0], words.at(-1)]).join('_').replaceAll('-', '_')
  let name = base
  for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`
  return name
}

const fieldTypes: Readonly<Record<string, string>> = {
  rows: 'integer',
  bytes: 'integer',
  path: 'string',
  name: 'string',
  sha256: 'string',
  columns: 'array',
}

/** The type of what a path reads, or null where only a run tells. */
const typeOf = ({ all, extraction }: Around, { steps }: PathMention, items: boolean): string | null => {
  const [root, id, ...rest] = steps
  if (root === 'run') return rest.length === 0 && typeof id === 'string' ? 'string' : null
  if (items) return 'array'
  const task = all.get(id ?? '')
  const outputs = task && typeof task['type'] === 'string' ? extraction.outputs(task['type']) : null
  if (!task || !outputs || task['for_each'] !== undefined) return null
  const [first = ''] = Object.keys(outputs)
  const named = typeof rest[0] === 'string' && Object.hasOwn(outputs, rest[0])
  const [output, field, ...below] = named ? rest : [first, ...rest]
  const kind = outputs[output ?? '']
  if (kind === undefined || kind === 'value' || typeof field !== 'string' || below.length > 0) return null
  const fields: readonly string[] = outputFields[kind]
  return fields.includes(field) ? (fieldTypes[field] ?? null) : null
}

/** What the task hands to the subflow's parameters. */
const givenTo = (text: string, names: ReadonlySet<string>, outer: readonly OuterPath[]): JsonMap => {
  const parameters = Object.keys(mapIn(text, 'parameters')).filter((name) => names.has(name))
  return Object.fromEntries([
    ...parameters.map((name) => [name, `{{ ${name} }}`] as const),
    ...outer.map(({ path, parameter }) => [parameter, `{{ ${path} }}`] as const),
  ])
}

const parentEdit = (
  all: Definitions,
  chosen: ReadonlySet<string>,
  { task, flow, tasks }: Extraction,
  { given, position }: { given: JsonMap; position: readonly [number, number] | null },
): EditOperation => {
  const before = [...all.keys()].find((id) => chosen.has(id))
  const after = [...new Set([...chosen].flatMap((id) => textsOf(all.get(id)?.['after'])))].filter(
    (id) => !chosen.has(id),
  )
  const definition = {
    type: 'flow.run',
    ...(after.length > 0 && { after }),
    with: { flow, ...(Object.keys(given).length > 0 && { parameters: given }) },
  }
  const waiting = [...all].flatMap(([id, other]): EditOperation[] => {
    const now = textsOf(other['after'])
    if (chosen.has(id) || !now.some((one) => chosen.has(one))) return []
    const value = [...new Set(now.map((one) => (chosen.has(one) ? task : one)))]
    return [{ kind: 'set', path: ['tasks', id, 'after'], value }]
  })
  return {
    kind: 'batch',
    operations: [
      { kind: 'add-task', task, definition, ...(position && { position }), ...(before !== undefined && { before }) },
      ...waiting,
      ...tasks.map((id): EditOperation => ({ kind: 'remove-task', task: id })),
    ],
  }
}

type Child = {
  readonly own: Own
  readonly chosen: ReadonlySet<string>
  readonly extraction: Extraction
  readonly names: ReadonlySet<string>
  readonly outer: readonly OuterPath[]
}

const childText = (text: string, { own, chosen, extraction, names, outer }: Child): string => {
  const used = [...names]
  const parts = [copySection(text, 'parameters', used), copySection(text, 'variables', used)]
  const base = `millrace: 1\nname: ${JSON.stringify(extraction.name)}\n${parts.join('')}${copyTasks(text, extraction.tasks)}`
  const copied = applyEdit(base, {
    kind: 'batch',
    operations: outer.map(({ parameter, definition }) => ({
      kind: 'set',
      path: ['parameters', parameter],
      value: definition,
    })),
  }).text
  const rewritten = outer.reduce(
    (now, { path, parameter }) => rewriteMentions(now, pathFinders, path, parameter),
    copied,
  )
  const loose = own.flatMap(([id, definition]): EditOperation[] => {
    const after = textsOf(definition['after'])
    const kept = after.filter((one) => chosen.has(one))
    if (kept.length === after.length) return []
    const path = ['tasks', id, 'after']
    return [kept.length === 0 ? { kind: 'remove', path } : { kind: 'set', path, value: kept }]
  })
  return applyEdit(rewritten, { kind: 'batch', operations: loose }).text
}
