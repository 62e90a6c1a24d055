/**
 * A failure is data: it crosses processes, is stored, and is shown. The code is for programs, the message says what
 * happened to which thing and what to do next. No secret value may stand in it.
 */
export const failureCodes = [
  'invalid', // the input is wrong: a flow, a setting, a parameter, an option
  'not-found',
  'conflict', // it exists already, is in use, or has moved on
  'unavailable', // a thing outside does not answer or is locked; trying again may help
  'denied', // a right or a credential is missing
  'limit', // too large, too many, too slow
  'data', // the data do not fit what was asked of them
  'check-failed', // a check of the user's own did not hold
  'cancelled',
  'timed-out',
  'crashed', // a process died
  'bug', // ours
] as const

export type FailureCode = (typeof failureCodes)[number]

export type FailureSubject = 'flow' | 'flow-run' | 'tag-limit' | 'dataset'

export type Failure = {
  readonly code: FailureCode
  readonly message: string
  /** Whether the same call may succeed later without a change by the user. */
  readonly retryable: boolean
  /** A part of its effect has happened and would happen again: a task run that failed so is not tried again by itself. */
  readonly final?: true
  /** What is missing, taken or wrong, so that each place can say in its own words what to do. */
  readonly about?: FailureSubject
  /** More for the log, for example the server's answer or the end of stderr. */
  readonly detail?: string
}

/** Thrown where we refuse to go on. Anything else that is thrown is a bug. */
export class Refused extends Error {
  readonly failure: Failure

  constructor(failure: Omit<Failure, 'retryable'> & { retryable?: boolean }, options?: { cause?: unknown }) {
    super(failure.message, options)
    this.name = 'Refused'
    this.failure = { retryable: false, ...failure }
  }
}

export const failureOf = (error: unknown): Failure => {
  if (error instanceof Refused) return error.failure
  if (error instanceof Error) {
    return {
      code: 'bug',
      message: `${error.name}: ${error.message}`,
      retryable: false,
      ...(error.stack && { detail: error.stack }),
    }
  }
  return { code: 'bug', message: String(error), retryable: false }
}
