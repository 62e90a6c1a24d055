/**
 * States of flow runs and task runs. Types and names are Prefect's (2.x), with SKIPPED added: a task whose
 * `run_if` or `when` does not hold ends there, with the reason as its message.
 */
export const stateTypeOfName = {
  Scheduled: 'SCHEDULED',
  Late: 'SCHEDULED',
  AwaitingRetry: 'SCHEDULED',
  Pending: 'PENDING',
  Running: 'RUNNING',
  Retrying: 'RUNNING',
  Completed: 'COMPLETED',
  Cached: 'COMPLETED',
  Failed: 'FAILED',
  TimedOut: 'FAILED',
  Crashed: 'CRASHED',
  Cancelling: 'CANCELLING',
  Cancelled: 'CANCELLED',
  Paused: 'PAUSED',
  Skipped: 'SKIPPED',
} as const

export type StateName = keyof typeof stateTypeOfName
export type StateType = (typeof stateTypeOfName)[StateName]

/** `at` is milliseconds since 1970. `until` is when a Scheduled or AwaitingRetry run is due. */
export type State = {
  readonly name: StateName
  readonly at: number
  readonly message: string | null
  readonly until?: number
}

const terminalTypes: ReadonlySet<StateType> = new Set(['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED', 'SKIPPED'])

export const stateType = (state: State): StateType => stateTypeOfName[state.name]

export const isTerminal = (state: State): boolean => terminalTypes.has(stateType(state))

/** `Completed()` or `Failed('message')`, and the type where it differs from the name, as Prefect prints a state. */
export const describeState = (state: State): string => {
  const message = state.message === null ? [] : [`'${state.message}'`]
  const type = stateType(state)
  const differs = type.toLowerCase() === state.name.toLowerCase() ? [] : [`type=${type}`]
  return `${state.name}(${[...message, ...differs].join(', ')})`
}
