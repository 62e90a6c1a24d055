import type { Failure } from '#core/model/failure.ts'
import type { Handle, Outputs } from '#core/model/handle.ts'
import type { Job, JobOutcome, JobReport } from '#core/model/worker-job.ts'
import type { Masker } from '#core/world/masking/masker.ts'
import type { LogGroup } from './messages.ts'
import type { OnReports, StopReason } from './worker-pool.ts'

/**
 * One job on the engine's side: passes on what the worker reports, masked, and says for every member how it ended, also
 * when its worker cannot.
 */
export type PoolJob = {
  readonly job: Job
  stopped: StopReason | null
  readonly done: Promise<void>
  entered(member: number, previous: Outputs): void
  receive(logs: readonly LogGroup[], reports: readonly JobReport[]): void | Promise<void>
  /** No worker runs it any more: the member that ran has crashed with this failure, or has the end that was asked for. */
  lost(failure: Failure): void
  /** All is reported and gone. */
  finish(): void
}

export const createPoolJob = (job: Job, on: OnReports, masker: Masker): PoolJob => {
  const open = job.members.map(({ taskRun }) => taskRun)
  const provisional = new Map<string, Outputs>()
  let current = job.members[0]?.taskRun ?? ''
  const { promise: done, resolve: finish } = Promise.withResolvers<void>()

  const ended = (taskRun: string, outcome: JobOutcome): JobReport => {
    open.splice(open.indexOf(taskRun), 1)
    return { kind: 'outcome', taskRun, outcome: maskOutcome(masker, afterStop(poolJob.stopped, outcome)) }
  }
  const endOpen = (outcomeOf: (taskRun: string) => JobOutcome): void => {
    const reports = open.slice().map((taskRun) => ended(taskRun, outcomeOf(taskRun)))
    if (reports.length > 0) void on(reports)
  }

  const poolJob: PoolJob = {
    job,
    stopped: null,
    done,
    finish,
    entered: (member, previous) => {
      provisional.set(job.members[member - 1]?.taskRun ?? '', previous)
      current = job.members[member]?.taskRun ?? current
    },
    receive: (logs, reports) => {
      const lines = logs.flatMap((group) => linesOf(masker, group))
      const rest = reports.map((report) => {
        if (report.kind === 'outcome') return ended(report.taskRun, report.outcome)
        return report.kind === 'artifact' || report.kind === 'dataset' ? masker.maskJson(report) : report
      })
      return lines.length + rest.length > 0 ? on([...lines, ...rest]) : undefined
    },
    lost: (failure) => {
      const atFault = open.includes(current) ? current : open[0]
      const at = job.members.findIndex(({ taskRun }) => taskRun === atFault)
      endOpen((taskRun) => {
        if (poolJob.stopped === 'cancel') return { kind: 'cancelled' }
        if (taskRun === atFault) return poolJob.stopped ? { kind: 'cancelled' } : { kind: 'crashed', failure }
        const outputs = provisional.get(taskRun)
        // A plan that was made stands, although its rows were not counted: it holds all that is needed to compute it.
        const before = job.members.findIndex((member) => member.taskRun === taskRun) < at
        return before && outputs ? { kind: 'completed', outputs } : { kind: 'returned' }
      })
    },
  }
  return poolJob
}

/** A member that was stopped because of its time-out has failed for that reason. */
const afterStop = (stopped: StopReason | null, outcome: JobOutcome): JobOutcome =>
  stopped === 'timeout' && outcome.kind === 'cancelled' ? { kind: 'failed', failure: timedOut } : outcome

const timedOut: Failure = {
  code: 'timed-out',
  message: 'The task run exceeded its timeout and was stopped.',
  retryable: true,
}

const linesOf = (masker: Masker, { taskRun, at, level, text, whole }: LogGroup): readonly JobReport[] => {
  if (whole) return [{ kind: 'log', taskRun, at, level, message: masker.mask(text) }]
  return masker.maskLines(text.split('\n')).map((message) => ({ kind: 'log', taskRun, at, level, message }))
}

const maskOutcome = (masker: Masker, outcome: JobOutcome): JobOutcome => {
  switch (outcome.kind) {
    case 'failed':
    case 'crashed':
      return masker.maskJson(outcome)
    case 'completed':
      return { kind: 'completed', outputs: maskValues(masker, outcome.outputs) }
    case 'cancelled':
    case 'returned':
      return outcome
    default:
      return outcome satisfies never
  }
}

/** Values only: a plan or a path that was changed would mean nothing any more. */
const maskValues = (masker: Masker, outputs: Outputs): Outputs => {
  const maskHandle = (handle: Handle): Handle => (handle.kind === 'value' ? masker.maskJson(handle) : handle)
  return Object.fromEntries(
    Object.entries(outputs).map(([port, output]) => [
      port,
      output.kind === 'list' ? { ...output, handles: output.handles.map(maskHandle) } : maskHandle(output),
    ]),
  )
}
