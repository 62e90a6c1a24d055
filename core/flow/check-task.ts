import type { TaskType } from '#core/kinds/task-type.ts'
import type { TaskDocument, TaskTraits } from '#core/model/flow-document.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { checkText, type View } from './check-expressions.ts'
import { checkName } from './check-parameters.ts'
import { checkSettings, type SettingsCheck } from './check-settings.ts'
import { checkInputs, checkRequiredInputs, reportUnknownTask, type Wiring } from './check-wiring.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { isMisspelt } from './misspelt.ts'
import { inside, reportAt, type Place } from './finding.ts'
import { inWords, readKeys, type JsonObject, type Read, isList } from './readers.ts'
import { taskKeys } from './task-keys.ts'
import { holdsExpression } from './templates.ts'

/** A task as its section lists it, before its parts are looked at. */
export type TaskEntry = {
  readonly id: string
  readonly written: JsonObject
  readonly type: TaskType | null
  readonly place: Place
}

export type TaskCheck = Omit<SettingsCheck, 'mentions' | 'view'> & {
  /** Without the item. */
  readonly view: View
  readonly isMapped: (task: string) => boolean
  /** The mapped task whose items a mapped task goes over in the end; see check-graph.ts. */
  readonly rootOf: (task: string) => string
}

type Keys = Read<typeof taskKeys>
type Context = TaskCheck & { readonly entry: TaskEntry; readonly keys: Keys; readonly mentions: Set<string> }

const unknownTraits: TaskTraits = { runs: 'worker', tables: 'none', effect: false, optional: [], many: [] }

const defaultItemName = 'item'

const checkExpression = (text: string, place: Place, { view, mentions }: Pick<Context, 'view' | 'mentions'>) => {
  const { template, tasks } = checkText({ text, kind: 'text', place }, view)
  for (const task of tasks) mentions.add(task)
  return template
}

const checkItems = (items: JsonValue, place: Place, context: Context): void => {
  if (typeof items === 'string') {
    if (holdsExpression(items)) checkExpression(items, place, context)
  } else if (isList(items)) {
    for (const [index, item] of items.entries()) checkItems(item, inside(place, index), context)
  } else if (typeof items === 'object' && items !== null) {
    for (const [key, item] of Object.entries(items)) checkItems(item, inside(place, key), context)
  }
}

const checkItemsExpression = (text: string, place: Place, context: Context): void => {
  const template = checkExpression(text, place, context)
  if (template === null) return
  const [only] = template.mentions
  const name = template.mentions.length === 1 && only?.length === 1 ? only[0] : undefined
  const parameter =
    typeof name === 'string' && Object.hasOwn(context.parameters, name) ? context.parameters[name] : undefined
  const noList = parameter !== undefined && parameter.type !== 'array' && /^\{\{-?\s*[\w-]+\s*-?\}\}$/.test(text.trim())
  if (template.whole && !noList) return
  const why = template.whole ? `the parameter “${name}” is of type ${parameter?.type}` : 'this is text'
  reportAt(place, {
    code: 'bad-for-each',
    message: `“for_each” needs a list, and ${why}.`,
    remedy: 'Write one expression that gives a list.',
  })
}

const checkForEach = (context: Context): TaskDocument['forEach'] => {
  const { keys, entry, view, isMapped } = context
  const written = keys.for_each
  const place = inside(entry.place, 'for_each')
  if (written === undefined) return null
  if (isList(written)) {
    checkItems(written, place, context)
    return { kind: 'items', items: written }
  }
  if (typeof written !== 'string') {
    const message = `“for_each” takes a list, an expression or a task, not ${inWords(written)}.`
    reportAt(place, {
      code: 'bad-for-each',
      message,
      remedy: 'Write it like [1, 2], "{{ months }}", or the id of a mapped task.',
    })
    return null
  }
  if (holdsExpression(written)) {
    checkItemsExpression(written, place, context)
    return { kind: 'items', items: written }
  }
  if (!view.world.tasks.has(written)) {
    const parameter = view.names.has(written)
    const message = parameter ? `“${written}” is no task.` : `There is no task “${written}”.`
    const remedy = parameter
      ? `Write for_each: "{{ ${written} }}".`
      : () => didYouMean(written, view.world.tasks.keys())
    reportAt(place, { code: 'unknown-task', message, remedy })
  } else if (!isMapped(written)) {
    const message = `Task “${written}” has no for_each whose items could be followed.`
    reportAt(place, { code: 'not-mapped', message, remedy: 'Name a task with for_each, or give a list.' })
  }
  return { kind: 'like', task: written }
}

/** With braces whether or not it was written with them. */
const checkWhen = (context: Context, view: View): string | null => {
  const { when } = context.keys
  const place = inside(context.entry.place, 'when')
  if (when === undefined) return null
  if (typeof when !== 'string' && typeof when !== 'boolean') {
    const message = `“when” takes a condition, not ${inWords(when)}.`
    reportAt(place, { code: 'bad-value', message, remedy: 'Write it like when: "{{ color == \'green\' }}".' })
    return null
  }
  const text = typeof when === 'string' && holdsExpression(when) ? when : `{{ ${when} }}`
  const template = checkExpression(text, place, { ...context, view })
  if (template !== null && !template.whole) {
    const message = '“when” must be one whole expression; this is text.'
    reportAt(place, { code: 'bad-expression', message, remedy: 'Write one {{ … }} and nothing round it.' })
  }
  return text
}

const checkCache = (context: Context, view: View): TaskDocument['cache'] => {
  const { cache } = context.keys
  if (cache === undefined || cache.key === 'inputs') return cache ?? null
  const place = inside(context.entry.place, 'cache', 'key')
  if (holdsExpression(cache.key)) checkExpression(cache.key, place, { ...context, view })
  else {
    const remedy = 'Write key: inputs, or an expression such as "{{ color }}".'
    reportAt(place, { code: 'bad-value', message: `“${cache.key}” is no cache key.`, remedy })
  }
  return cache
}

/** Raises settings written for an older version of the type. */
const upgraded = ({ keys, entry }: Context): JsonObject => {
  const { type } = entry
  let settings: Record<string, JsonValue> = { ...keys.with }
  if (type === null || keys.version === undefined) return settings
  if (keys.version > type.version) {
    const message = `${type.type} has versions up to ${type.version} here, not ${keys.version}.`
    reportAt(inside(entry.place, 'version'), {
      code: 'bad-version',
      message,
      remedy: 'Update Millrace, or delete the line.',
    })
  }
  for (let version = keys.version; version < type.version; version += 1) {
    const step = type.upgrade?.[version]
    if (step !== undefined) settings = { ...step(settings) }
  }
  return settings
}

const checkItemName = ({ keys, entry, view }: Context): string => {
  const name = keys.as ?? defaultItemName
  if (keys.for_each !== undefined) {
    const place = inside(entry.place, keys.as === undefined ? 'for_each' : 'as')
    checkName(
      name,
      'for_each item',
      { ...place, report: (finding) => place.report({ ...finding, at: 'value' }) },
      view.names,
    )
    return name
  }
  for (const key of ['as', 'concurrency'] as const) {
    if (keys[key] === undefined) continue
    const message = `“${key}” does nothing without for_each.`
    reportAt(inside(entry.place, key), {
      code: 'unused-key',
      at: 'key',
      severity: 'warning',
      message,
      remedy: 'Delete it.',
    })
  }
  return name
}

const wiringOf = ({ view, isMapped, rootOf, entry }: Context): Wiring => ({
  tasks: view.world.tasks,
  comesAsList: (task) => isMapped(task) && !(isMapped(entry.id) && rootOf(task) === rootOf(entry.id)),
})

const checkAfter = ({ keys, entry, view }: Context): readonly string[] => {
  const after = keys.after ?? []
  const list = isList(entry.written['after'])
  return after.filter((task, index) => {
    if (view.world.tasks.has(task)) return true
    reportUnknownTask(task, inside(entry.place, 'after', ...(list ? [index] : [])), view.world.tasks)
    return false
  })
}

/** Written under a misspelt key, or no mapping: reported, so that what would be in it is not missed. */
const isReported = (key: 'inputs' | 'with', { keys, entry }: Context): boolean => {
  if (keys[key] !== undefined) return false
  const written = entry.written[key]
  if (written !== undefined && written !== null) return true
  return isMisspelt(key, entry.written, (other) => Object.hasOwn(taskKeys, other))
}

/** One task, with everything reported that is wrong with it alone; circles are found later. */
export const checkTask = (entry: TaskEntry, check: TaskCheck): TaskDocument => {
  const keys = readKeys(entry.written, taskKeys, entry.place)
  const context: Context = { ...check, entry, keys, mentions: new Set() }
  const { type, id, place } = entry
  const forEach = checkForEach(context)
  const as = checkItemName(context)
  const view = keys.for_each === undefined ? check.view : { ...check.view, names: new Set([...check.view.names, as]) }
  const inputs = checkInputs(keys.inputs ?? {}, type, inside(place, 'inputs'), wiringOf(context))
  const settings = upgraded(context)
  if (type !== null && !isReported('inputs', context)) checkRequiredInputs(keys.inputs ?? {}, settings, type, place)
  if (!isReported('with', context)) checkSettings(settings, type, inside(place, 'with'), { ...context, view })
  return {
    id,
    type: type?.type ?? '',
    inputs,
    after: checkAfter(context),
    with: settings,
    when: checkWhen(context, view),
    cache: checkCache(context, view),
    mentions: [...context.mentions],
    forEach,
    as,
    concurrency: keys.concurrency ?? null,
    retries: keys.retries ?? 0,
    retryDelay: keys.retry_delay ?? { kind: 'fixed', delay: 0 },
    retryJitter: keys.retry_jitter ?? 0,
    timeout: keys.timeout ?? null,
    tags: keys.tags ?? [],
    keep: keys.keep ?? false,
    runIf: keys.run_if ?? 'all_succeeded',
    allowFailure: keys.allow_failure ?? false,
    disabled: keys.disabled ?? false,
    note: keys.note ?? null,
    traits: type?.traits ?? unknownTraits,
  }
}
