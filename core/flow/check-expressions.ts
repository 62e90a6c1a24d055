import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import type { BlockReference } from '#core/model/block-reference.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { reportAt, type Place } from './finding.ts'
import { hookRunFields, outputFields, reservedNames, runFields } from './names.ts'
import type { FieldKind } from './quoting.ts'
import { compileTemplate, type CompiledTemplate, type Mention, type Template } from './templates.ts'

/** All that expressions of a flow may name. */
export type World = {
  readonly catalogue: Catalogue
  readonly blockExists?: ((reference: BlockReference) => boolean) | undefined
  /** Type by task id; null where the type is wrong, which is reported already. */
  readonly tasks: ReadonlyMap<string, TaskType | null>
  /** Compiled once for each text. */
  readonly compiled: Map<string, CompiledTemplate>
}

/** What one expression may name where it stands. */
export type View = {
  readonly world: World
  /** Parameters, variables and the item. */
  readonly names: ReadonlySet<string>
  /** Null where tasks have not run yet, with the reason. */
  readonly tasks: 'all' | { readonly none: string }
  readonly hook: boolean
}

const compiledOnce = (text: string, kind: FieldKind, { compiled }: World): CompiledTemplate => {
  const key = `${kind} ${text}`
  const found = compiled.get(key)
  if (found !== undefined) return found
  const made = compileTemplate(text, kind)
  compiled.set(key, made)
  return made
}

const unknown = (place: Place, what: string, asked: string, candidates: Iterable<string>): void =>
  reportAt(place, {
    code: 'unknown-name',
    message: `There is no ${what}.`,
    remedy: () => didYouMean(asked, candidates),
  })

/** Steps that Liquid itself answers for lists and texts. */
const builtIn = ['size', 'first', 'last']

const checkOutput = (id: string, type: TaskType, [output, field]: Mention, place: Place): void => {
  if (typeof output !== 'string') return
  const outputs = Object.entries(type.outputs)
  const port = Object.hasOwn(type.outputs, output) ? type.outputs[output] : undefined
  const first = outputs[0]?.[1].many ? undefined : outputs[0]?.[1]
  if (port === undefined) {
    const short: readonly string[] = first === undefined ? [] : outputFields[first.kind]
    if (short.includes(output)) return
    unknown(place, `output “${output}” of task “${id}” (${type.type})`, output, [
      ...Object.keys(type.outputs),
      ...short,
    ])
    return
  }
  if (port.kind === 'value') return
  const fields: readonly string[] = outputFields[port.kind]
  if (typeof field !== 'string' || fields.includes(field) || builtIn.includes(field)) return
  unknown(place, `“${field}” of a ${port.kind} (tasks.${id}.${output})`, field, fields)
}

const dynamic = (place: Place, example: string): void => {
  const message = 'Which one is meant must stand in the expression itself.'
  reportAt(place, { code: 'dynamic-name', message, remedy: `Write the name, for example ${example}.` })
}

const checkTask = ([, id, ...rest]: Mention, place: Place, { world, tasks }: View): string | null => {
  if (tasks !== 'all') {
    const message = `Tasks cannot be named here: ${tasks.none}.`
    reportAt(place, { code: 'no-tasks-here', message, remedy: 'Use the expression in a task.' })
    return null
  }
  if (typeof id !== 'string') {
    dynamic(place, 'tasks.fetch.file.path')
    return null
  }
  const type = world.tasks.get(id)
  if (type === undefined) {
    reportAt(place, {
      code: 'unknown-task',
      message: `There is no task “${id}”.`,
      remedy: () => didYouMean(id, world.tasks.keys()),
    })
    return null
  }
  if (type !== null) checkOutput(id, type, rest, place)
  return id
}

const checkBlockMention = ([, type, name, field]: Mention, place: Place, { world }: View): void => {
  if (typeof type !== 'string' || typeof name !== 'string') return dynamic(place, 'blocks.string.greeting.value')
  const found = world.catalogue.blocks.get(type)
  if (found === undefined) return unknown(place, `block type “${type}”`, type, world.catalogue.blocks.keys())
  if (typeof field === 'string' && Object.hasOwn(found.secrets, field)) {
    const message = `“${field}” of a ${type} block is secret: no expression can read it.`
    const remedy = `Give the task the block, or a script with.secrets: { NAME: block:${type}/${name}#${field} }.`
    return reportAt(place, { code: 'secret-in-expression', message, remedy })
  }
  const fields = Object.keys(found.config.shape)
  if (typeof field === 'string' && !fields.includes(field)) {
    return unknown(place, `setting “${field}” of a ${type} block`, field, fields)
  }
  if (world.blockExists?.({ type, name, field: null }) === false) {
    const message = `There is no block “${name}” of type ${type}.`
    reportAt(place, { code: 'unknown-block', message, remedy: `Create it: millrace block create ${type} ${name}` })
  }
}

const checkRun = ([, field]: Mention, place: Place, { hook }: View): void => {
  const fields: readonly string[] = hook ? [...runFields, ...hookRunFields] : runFields
  if (typeof field === 'string' && fields.includes(field)) return
  unknown(place, `field “${field ?? ''}” of the run`, String(field ?? ''), fields)
}

/** Reports what cannot be named; gives the task it reads, if any. */
const checkMention = (mention: Mention, place: Place, view: View): string | null => {
  const [root] = mention
  if (root === 'tasks') return checkTask(mention, place, view)
  if (root === 'blocks') checkBlockMention(mention, place, view)
  else if (root === 'run') checkRun(mention, place, view)
  else if (typeof root === 'string' && !view.names.has(root)) {
    unknown(place, `parameter, variable or item “${root}”`, root, [...view.names, ...reservedNames])
  }
  return null
}

export type CheckedText = { readonly template: Template | null; readonly tasks: readonly string[] }

/** Checks one text with expressions; the tasks it reads are order edges. */
export const checkText = (request: { text: string; kind: FieldKind; place: Place }, view: View): CheckedText => {
  const { text, kind, place } = request
  const result = compiledOnce(text, kind, view.world)
  if (!result.ok) {
    reportAt(place, result.mistake)
    return { template: null, tasks: [] }
  }
  const { template } = result
  if (template.raw) {
    const message = 'An expression with “| raw” is written as it is: whoever sets the value can change what this does.'
    reportAt(place, {
      code: 'raw-expression',
      severity: 'warning',
      message,
      remedy: 'Leave out “| raw” unless this is meant.',
    })
  }
  const tasks = new Set<string>()
  const seen = new Set<string>()
  for (const mention of template.mentions) {
    const once = JSON.stringify(mention)
    if (seen.has(once)) continue
    seen.add(once)
    const task = checkMention(mention, place, view)
    if (task !== null) tasks.add(task)
  }
  return { template, tasks: [...tasks] }
}
