import { hookNames, type FlowDocument, type HookName, type TaskDocument } from '#core/model/flow-document.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Parameters } from '#core/model/parameter.ts'
import { checkText, type View, type World } from './check-expressions.ts'
import { checkCircles, rootFinder } from './check-graph.ts'
import { checkName, checkParameters } from './check-parameters.ts'
import { checkTask, type TaskEntry } from './check-task.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { isMisspelt } from './misspelt.ts'
import { inside, reportAt, type Place } from './finding.ts'
import { flowKeys, formatVersion, hookKeys } from './flow-keys.ts'
import { forbiddenInFlowName, taskIdPattern } from './names.ts'
import { inWords, isObject, readKeys, type JsonObject, type Read, isList } from './readers.ts'
import type { ReadFlowOptions } from './read-flow-options.ts'
import { taskKeys } from './task-keys.ts'
import { holdsExpression } from './templates.ts'

type Flow = {
  readonly options: ReadFlowOptions
  readonly parameters: Parameters
  readonly names: ReadonlySet<string>
  /** Ids of all sections: task runs go by them. */
  readonly ids: Set<string>
  readonly compiled: World['compiled']
}

const isFlowKey = (key: string): boolean => Object.hasOwn(flowKeys, key)
const isTaskKey = (key: string): boolean => Object.hasOwn(taskKeys, key)

const checkVersion = (written: JsonObject, place: Place): void => {
  const version = written['millrace']
  if (version === formatVersion) return
  const missing = version === undefined || version === null
  if (missing && isMisspelt('millrace', written, isFlowKey)) return
  reportAt(inside(place, 'millrace'), {
    code: missing ? 'missing-version' : 'unsupported-version',
    message: missing
      ? 'The version of the format is missing.'
      : `This Millrace reads format version ${formatVersion}, not ${inWords(version)}.`,
    remedy: missing
      ? `Write millrace: ${formatVersion} in the first line.`
      : `Write millrace: ${formatVersion}, or update Millrace.`,
  })
}

const nameFromFile = (file: string | undefined): string | undefined =>
  /([^/\\]+?)(\.(ya?ml|millrace))?$/i.exec(file ?? '')?.[1]

const checkFlowName = (name: string | undefined, place: Place, file: string | undefined): string => {
  const known = name ?? nameFromFile(file)
  if (known === undefined || known === '') {
    reportAt(inside(place, 'name'), {
      code: 'missing-name',
      message: 'The flow has no name.',
      remedy: 'Write name: my-flow.',
    })
  } else if (forbiddenInFlowName.test(known)) {
    const message = `A flow's name may not hold / % & > <, as ${inWords(known)} does.`
    reportAt(inside(place, 'name'), { code: 'bad-name', message, remedy: 'Use letters, digits, - and _.' })
  }
  return known ?? ''
}

const checkVariable = (value: JsonValue, place: Place, view: View): void => {
  if (typeof value === 'string') {
    if (holdsExpression(value)) checkText({ text: value, kind: 'text', place }, view)
  } else if (isList(value)) {
    for (const [index, item] of value.entries()) checkVariable(item, inside(place, index), view)
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) checkVariable(item, inside(place, key), view)
  }
}

/** Variables may use those before them; `names` gets theirs. */
const checkVariables = (section: JsonObject, place: Place, names: Set<string>, world: World): void => {
  for (const [name, value] of Object.entries(section)) {
    const at = inside(place, name)
    checkName(name, 'variable', at, names)
    const tasks = { none: 'variables are worked out before any task runs' }
    checkVariable(value, at, { world, names, tasks, hook: false })
    names.add(name)
  }
}

const readType = (written: JsonObject, place: Place, { catalogue }: ReadFlowOptions): TaskEntry['type'] => {
  const { type } = written
  if (typeof type !== 'string') {
    if ((type !== undefined && type !== null) || isMisspelt('type', written, isTaskKey)) return null // readKeys tells.
    reportAt(inside(place, 'type'), {
      code: 'missing-type',
      at: 'key',
      message: `Task “${String(place.path.at(-1))}” has no type.`,
      remedy: 'Write type: table.read, or whatever it is to do.',
    })
    return null
  }
  const found = catalogue.tasks.get(type)
  if (found === undefined) {
    const remedy = () => didYouMean(type, catalogue.tasks.keys())
    reportAt(inside(place, 'type'), { code: 'unknown-task-type', message: `There is no task type “${type}”.`, remedy })
  }
  return found ?? null
}

const readEntry = (id: string, written: JsonValue, place: Place, flow: Flow): TaskEntry => {
  if (!taskIdPattern.test(id)) {
    const message = `“${id}” is no task id.`
    const remedy = 'Use small letters, digits, _ and -, and begin with a letter.'
    reportAt(place, { code: 'bad-task-id', at: 'key', message, remedy })
  }
  if (flow.ids.has(id)) {
    const message = `“${id}” is the id of another task of this flow.`
    reportAt(place, { code: 'duplicate-task', at: 'key', message, remedy: 'Give one of the two another id.' })
  }
  flow.ids.add(id)
  if (isObject(written)) return { id, written, type: readType(written, place, flow.options), place }
  const message = `Task “${id}” needs a mapping with its type, not ${inWords(written)}.`
  reportAt(place, { code: 'bad-value', message, remedy: `Write ${id}: { type: table.read }, or whatever it is to do.` })
  return { id, written: {}, type: null, place }
}

/** A graph of tasks: the flow's own, or those of one hook. */
const checkSection = (section: JsonObject, place: Place, hook: boolean, flow: Flow): readonly TaskDocument[] => {
  const entries = Object.entries(section).map(([id, written]) => readEntry(id, written, inside(place, id), flow))
  const forEach = new Map(entries.map(({ id, written }) => [id, written['for_each'] ?? null]))
  const isMapped = (task: string): boolean => (forEach.get(task) ?? null) !== null
  const follows = (task: string): string | null => {
    const items = forEach.get(task)
    return typeof items === 'string' && forEach.has(items) ? items : null
  }
  const { options, compiled, names, parameters } = flow
  const tasks = new Map(entries.map(({ id, type }) => [id, type]))
  const world: World = { catalogue: options.catalogue, blockExists: options.blockExists, tasks, compiled }
  const check = {
    view: { world, names, tasks: 'all', hook } as const,
    parameters,
    flowExists: options.flowExists,
    fileExists: options.fileExists,
    isMapped,
    rootOf: rootFinder(follows),
  }
  const documents = entries.map((entry) => checkTask(entry, check))
  checkCircles(documents, place)
  return documents
}

const checkHooks = (section: JsonObject, place: Place, flow: Flow): FlowDocument['hooks'] => {
  const written = readKeys(section, hookKeys, place)
  const tasksOf = (name: HookName) => checkSection(written[name] ?? {}, inside(place, name), true, flow)
  return Object.fromEntries(hookNames.map((name) => [name, tasksOf(name)])) as FlowDocument['hooks']
}

const checkTasksThere = (written: JsonObject, place: Place): void => {
  if (written['tasks'] !== undefined && written['tasks'] !== null) return
  if (Object.hasOwn(written, 'tasks') || isMisspelt('tasks', written, isFlowKey)) return
  reportAt(place, {
    code: 'missing-tasks',
    message: 'The flow has no tasks.',
    remedy: 'Write tasks: and the tasks below it.',
  })
}

const checkFileParameters = (parameters: Parameters, place: Place, { fileExists }: ReadFlowOptions): void => {
  for (const [name, { type, default: path }] of Object.entries(parameters)) {
    if (type !== 'file' || typeof path !== 'string' || fileExists?.(path) !== false) continue
    const message = `There is no file “${path}”.`
    reportAt(inside(place, name, 'default'), {
      code: 'unknown-file',
      message,
      remedy: 'Give a path relative to this file.',
    })
  }
}

/** The whole document as it is used, with everything reported that is wrong in it. */
export const checkFlow = (value: JsonValue, place: Place, options: ReadFlowOptions): FlowDocument | null => {
  if (!isObject(value)) {
    const message =
      value === null ? 'There is nothing in this document.' : `A flow is a mapping, not ${inWords(value)}.`
    reportAt(place, { code: 'no-flow', message, remedy: `Begin with millrace: ${formatVersion}, name and tasks.` })
    return null
  }
  checkVersion(value, place)
  const keys: Read<typeof flowKeys> = readKeys(value, flowKeys, place)
  // A name that is wrong, or under a misspelt key, is reported already.
  const told = value['name'] !== undefined || isMisspelt('name', value, isFlowKey)
  const name = checkFlowName(keys.name, place, options.file ?? (told ? 'flow' : undefined))
  const { catalogue, blockExists } = options
  const found = checkParameters(keys.parameters ?? {}, inside(place, 'parameters'), { catalogue, blockExists })
  checkFileParameters(found.parameters, inside(place, 'parameters'), options)
  const names = new Set(found.names)
  const compiled: World['compiled'] = new Map()
  const world: World = { catalogue, blockExists, tasks: new Map(), compiled }
  checkVariables(keys.variables ?? {}, inside(place, 'variables'), names, world)
  checkTasksThere(value, place)
  const flow: Flow = { options, parameters: found.parameters, names, ids: new Set(), compiled }
  return {
    name,
    description: keys.description ?? null,
    parameters: found.parameters,
    variables: keys.variables ?? {},
    tasks: checkSection(keys.tasks ?? {}, inside(place, 'tasks'), false, flow),
    tags: keys.tags ?? [],
    concurrency: keys.concurrency ?? null,
    retries: keys.retries ?? 0,
    retryDelay: keys.retry_delay ?? 0,
    timeout: keys.timeout ?? null,
    hooks: checkHooks(keys.hooks ?? {}, inside(place, 'hooks'), flow),
    notify: keys.notify ?? null,
  }
}
