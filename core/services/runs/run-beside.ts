import { Refused } from '#core/model/failure.ts'
import type { Outputs } from '#core/model/handle.ts'
import type { Job, JobReport } from '#core/model/worker-job.ts'
import type { JobRunner } from './jobs.ts'

/** Has a worker do a job of one member that is no task run of a flow run. */
export const runBeside = (workers: JobRunner, job: Job, signal: AbortSignal): Promise<Outputs> =>
  new Promise((resolve, reject) => {
    const settle = (report: JobReport) => {
      if (report.kind !== 'outcome') return
      if (report.outcome.kind === 'completed') resolve(report.outcome.outputs)
      else if (signal.aborted || report.outcome.kind === 'cancelled' || report.outcome.kind === 'returned')
        reject(new Refused({ code: 'cancelled', message: 'Stopped before there was an answer.' }))
      else reject(new Refused(report.outcome.failure))
    }
    const running = workers.run(job, (reports) => reports.forEach(settle))
    const stop = () => running.stop('cancel')
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
