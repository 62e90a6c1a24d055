import type { OutputReference } from '#core/model/flow-document.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import type { InputPort } from '#core/model/task-type-summary.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { inside, reportAt, type Place } from './finding.ts'
import { inWords, type JsonObject, isList } from './readers.ts'

export type Tasks = ReadonlyMap<string, TaskType | null>

export type Wiring = {
  readonly tasks: Tasks
  /** Whether a task's outputs reach this one as a list: it is mapped, and not over the same items. */
  readonly comesAsList: (task: string) => boolean
}

export const reportUnknownTask = (id: string, place: Place, tasks: Tasks): void =>
  reportAt(place, {
    code: 'unknown-task',
    message: `There is no task “${id}”.`,
    remedy: () => didYouMean(id, tasks.keys()),
  })

/** `fetch.file`, whose task and output exist. */
const readReference = (written: JsonValue, place: Place, { tasks }: Wiring): OutputReference | null => {
  const dot = typeof written === 'string' ? written.indexOf('.') : -1
  if (typeof written !== 'string' || dot <= 0 || dot === written.length - 1) {
    const task = typeof written === 'string' ? written : ''
    const outputs = Object.keys(tasks.get(task)?.outputs ?? {}).map((output) => `${task}.${output}`)
    const remedy = outputs.length > 0 ? `Write ${outputs.join(' or ')}.` : 'Write task.output, for example fetch.file.'
    reportAt(place, { code: 'bad-reference', message: `${inWords(written)} names no output of a task.`, remedy })
    return null
  }
  const [task, output] = [written.slice(0, dot), written.slice(dot + 1)]
  const type = tasks.get(task)
  if (type === undefined) {
    reportUnknownTask(task, place, tasks)
    return null
  }
  if (type !== null && !Object.hasOwn(type.outputs, output)) {
    const outputs = Object.keys(type.outputs)
    const message = `Task “${task}” (${type.type}) has no output “${output}”.`
    const remedy = outputs.length === 0 ? 'It has none; use “after” to wait for it.' : () => didYouMean(output, outputs)
    reportAt(place, { code: 'unknown-output', message, remedy })
    return null
  }
  return { task, output }
}

const checkFit = (reference: OutputReference, port: InputPort, place: Place, { tasks, comesAsList }: Wiring): void => {
  const { task, output } = reference
  const made = tasks.get(task)?.outputs[output]
  const kind = made?.kind
  if (kind !== undefined && kind !== port.kind) {
    const message = `“${nameOfPort(place)}” takes a ${port.kind}, and ${task}.${output} is a ${kind}.`
    reportAt(place, { code: 'wrong-kind', message, remedy: `Connect an output of kind ${port.kind}.` })
  } else if (!port.many && made?.many) {
    const message = `“${nameOfPort(place)}” takes one ${port.kind}, and ${task}.${output} is a list of them.`
    reportAt(place, { code: 'list-into-one', message, remedy: 'Use a port that takes many.' })
  } else if (!port.many && comesAsList(task)) {
    const message = `“${nameOfPort(place)}” takes one ${port.kind}, and ${task}.${output} is a list: one for each item.`
    reportAt(place, {
      code: 'mapped-into-one',
      message,
      remedy: `Write for_each: ${task}, or use a port that takes many.`,
    })
  }
}

const nameOfPort = ({ path }: Place): string => path.findLast((step) => typeof step === 'string') ?? ''

const readPort = (written: JsonValue, port: InputPort, place: Place, wiring: Wiring): readonly OutputReference[] => {
  if (isList(written) && !port.many) {
    const message = `“${nameOfPort(place)}” takes one output, not a list.`
    reportAt(place, { code: 'not-many', message, remedy: 'Name one output, or put a task between that joins them.' })
    return []
  }
  const entries = isList(written) ? [...written.entries()] : [[null, written] as const]
  return entries.flatMap(([index, entry]) => {
    const at = index === null ? place : inside(place, index)
    const reference = readReference(entry, at, wiring)
    if (reference === null) return []
    checkFit(reference, port, at, wiring)
    return [reference]
  })
}

const isWired = (written: JsonValue | undefined): boolean =>
  written !== undefined && written !== null && !(isList(written) && written.length === 0)

/** The inputs of one task. Where its type is wrong only the tasks it names are looked at. */
export const checkInputs = (
  inputs: JsonObject,
  type: TaskType | null,
  place: Place,
  wiring: Wiring,
): Readonly<Record<string, readonly OutputReference[]>> => {
  const found: Record<string, readonly OutputReference[]> = {}
  for (const [name, written] of Object.entries(inputs)) {
    const at = inside(place, name)
    const port = type !== null && Object.hasOwn(type.inputs, name) ? type.inputs[name] : undefined
    if (type !== null && port === undefined) {
      const ports = Object.keys(type.inputs)
      const remedy = ports.length === 0 ? 'It has none; use “after” to wait for a task.' : () => didYouMean(name, ports)
      reportAt(at, { code: 'unknown-port', at: 'key', message: `${type.type} has no input “${name}”.`, remedy })
    } else if (isWired(written) && port !== undefined) found[name] = readPort(written, port, at, wiring)
  }
  return found
}

export const checkRequiredInputs = (inputs: JsonObject, settings: JsonObject, type: TaskType, place: Place): void => {
  const unknown = Object.keys(inputs).filter((name) => !Object.hasOwn(type.inputs, name))
  for (const [name, port] of Object.entries(type.inputs)) {
    if (port.optional || isWired(inputs[name])) continue
    // A port written with a wrong name is one mistake, and is reported as an unknown port.
    if (unknown.length > 0) {
      unknown.pop()
      continue
    }
    const message = `The input “${name}” (${port.title}) of ${type.type} is missing.`
    reportAt(inside(place, 'inputs', name), {
      code: 'missing-input',
      at: 'key',
      message,
      remedy: `Write inputs: { ${name}: task.output }, with an output of kind ${port.kind}.`,
    })
  }
  if (unknown.length === 0) checkNeedsOne(inputs, settings, type, place)
}

const checkNeedsOne = (inputs: JsonObject, settings: JsonObject, type: TaskType, place: Place): void => {
  const { needsOne } = type
  if (!needsOne) return
  if (
    needsOne.inputs.some((name) => isWired(inputs[name])) ||
    needsOne.settings.some((name) => isWired(settings[name]))
  )
    return
  const [first = ''] = needsOne.inputs
  const ways = [
    ...needsOne.inputs.map((name) => `the input “${name}”`),
    ...needsOne.settings.map((name) => `the setting “${name}”`),
  ]
  reportAt(inside(place, 'inputs', first), {
    code: 'missing-input',
    at: 'key',
    message: `${type.type} has nothing to work on.`,
    remedy: `Give ${ways.join(' or ')}, for example inputs: { ${first}: task.output }.`,
  })
}
