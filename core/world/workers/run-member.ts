import type { Log, RunFacts, TaskContext } from '#core/kinds/task-context.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import { handlesIn, type Handle, type JsonValue, type Outputs } from '#core/model/handle.ts'
import type { LogLevel } from '#core/model/log-line.ts'
import type { RunFactsOfFlow } from '#core/model/run-facts.ts'
import type { JobMember } from '#core/model/worker-job.ts'

/** What surrounds one member: everything of its context that does not follow from the member itself. */
export type Surroundings = Omit<TaskContext<unknown, unknown>, 'config' | 'inputs' | 'run'>

export type MemberRun = {
  readonly type: TaskType
  readonly member: JobMember
  readonly flow: RunFactsOfFlow
  /** What the member before it made. */
  readonly previous: Outputs
}

export const runMember = ({ type, member, flow, previous }: MemberRun, around: Surroundings): Promise<Outputs> =>
  type.run({
    ...around,
    config: parseSettings(type, member.settings),
    inputs: inputsOf(type, member, previous),
    run: factsOf(member, flow),
  })

export const typeOf = (tasks: ReadonlyMap<string, TaskType>, member: JobMember): TaskType => {
  const type = tasks.get(member.type)
  if (type) return type
  throw new Refused({
    code: 'not-found',
    message: `There is no task type “${member.type}” in this version of Millrace.`,
  })
}

export const logTo = (write: (level: LogLevel, message: string) => void): Log => ({
  debug: (message) => write('debug', message),
  info: (message) => write('info', message),
  warning: (message) => write('warning', message),
  error: (message) => write('error', message),
})

const parseSettings = (type: TaskType, settings: JsonValue): unknown => {
  const parsed = type.config.safeParse(settings)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? `“${path.join('.')}”: ` : ''}${message}`,
  )
  throw new Refused({
    code: 'invalid',
    message: `The settings of this ${type.type} task are not valid: ${issues.join('; ')}. Correct them in the flow.`,
  })
}

const inputsOf = (
  type: TaskType,
  member: JobMember,
  previous: Outputs,
): Readonly<Record<string, Handle | readonly Handle[]>> => {
  const inputs: Record<string, Handle | readonly Handle[]> = {}
  for (const [port, { many, optional }] of Object.entries(type.inputs)) {
    const handles = handlesAt(member, port, previous)
    const [first] = handles
    if (many) inputs[port] = handles
    else if (first) inputs[port] = first
    else if (!optional)
      throw new Refused({ code: 'invalid', message: `Nothing came in at “${port}”, which this task needs.` })
  }
  return inputs
}

const handlesAt = (member: JobMember, port: string, previous: Outputs): readonly Handle[] => {
  const input = member.inputs[port]
  if (!input) return []
  switch (input.from) {
    case 'handle':
      return [input.handle]
    case 'handles':
      return input.handles
    case 'previous':
      return handlesIn(previous[input.output])
    default:
      return input satisfies never
  }
}

const factsOf = (member: JobMember, flow: RunFactsOfFlow): RunFacts => ({
  flowRun: flow.flowRun,
  flowRunName: flow.flowRunName,
  flow: flow.flow,
  taskRun: member.taskRun,
  task: member.task,
  item: member.item,
  attempt: member.attempt,
  loadId: member.loadId,
  flowFolder: flow.flowFolder,
  taken: member.taken,
  sources: Object.fromEntries(
    Object.entries(member.inputs).map(([port, input]) => [port, input.from === 'handles' ? (input.sources ?? []) : []]),
  ),
})
