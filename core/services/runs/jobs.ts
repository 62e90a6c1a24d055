import type { EngineWorld, JobStart } from '#core/engine/ports.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { Dataset } from '#core/model/dataset.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { LogEntry } from '#core/model/log-line.ts'
import type { LogStore } from '#core/model/log-store.ts'
import type { RunFactsOfFlow } from '#core/model/run-facts.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { Job, JobMember, JobOutcome, JobReport } from '#core/model/worker-job.ts'
import type { Recorded, StateStore } from '#core/model/store.ts'
import type { LiveChange } from './live-runs.ts'
import { madeFrom, tableWritten } from './provenance.ts'
import { runFolders } from './run-folders.ts'

/** What runs jobs: the worker pool, and the runner for inline types. */
export type JobRunner = { run(job: Job, on: (reports: readonly JobReport[]) => void): Stoppable }

type Stoppable = { stop(reason: 'cancel' | 'timeout'): void }

export type JobsWorld = {
  readonly home: string
  readonly catalogue: Pick<Catalogue, 'tasks'>
  readonly runners: Readonly<Record<'inline' | 'worker', JobRunner>>
  readonly logs: Pick<LogStore, 'write'>
  readonly store: Pick<StateStore, 'taskRun'>
  /** Settings may hold what must not be shown. */
  mask(text: string): string
  publish(changes: readonly LiveChange[]): void
  /** Taken before the outcomes that come with it are reported. */
  record(recorded: readonly Recorded[]): void
  report(outcome: { flowRun: string; job: string; taskRun: string; outcome: JobOutcome }): void
  /** The folder that relative paths of a flow run's flow mean. */
  flowFolder(flowRun: FlowRun): string
}

export type Jobs = EngineWorld['jobs'] & { running(): number }

/** Starts the engine's jobs and carries what they report: outcomes to the engine, lines to the log, progress to watchers. */
export const createJobs = (world: JobsWorld): Jobs => {
  const running = new Map<string, Stoppable>()

  const start = ({ flowRun, document, id, runs, members }: JobStart) => {
    const folders = runFolders(world.home, flowRun.id)
    const flow: RunFactsOfFlow = {
      flowRun: flowRun.id,
      flowRunName: flowRun.name,
      flow: document.name,
      flowFolder: world.flowFolder(flowRun),
      scratch: folders.scratch,
      results: folders.results,
    }
    let open = members.length
    const handle = world.runners[runs].run(
      { id, flow, members: members.map((member) => withKept(world, document, member)) },
      (reports) => {
        open -= reports.filter(({ kind }) => kind === 'outcome').length
        if (open === 0) running.delete(id)
        carry(world, { flowRun, document, id, flowFolder: flow.flowFolder }, reports)
      },
    )
    if (open > 0) running.set(id, handle)
  }

  return { start, stop: (id, reason) => running.get(id)?.stop(reason), running: () => running.size }
}

const kept = new WeakMap<FlowDocument, ReadonlySet<string>>()

/** The outputs of a task with `keep` are made also when no other task takes them. */
const withKept = ({ catalogue }: JobsWorld, document: FlowDocument, member: JobMember): JobMember => {
  const tasks = kept.get(document) ?? new Set(document.tasks.filter(({ keep }) => keep).map(({ id }) => id))
  kept.set(document, tasks)
  if (!tasks.has(member.task)) return member
  return { ...member, taken: Object.keys(catalogue.tasks.get(member.type)?.outputs ?? {}) }
}

type RunningJob = Pick<JobStart, 'flowRun' | 'document' | 'id'> & { readonly flowFolder: string }

const carry = (world: JobsWorld, job: RunningJob, reports: readonly JobReport[]): void => {
  const flowRun = job.flowRun.id
  const lines: LogEntry[] = []
  const progress: LiveChange[] = []
  const recorded: Recorded[] = []
  for (const report of reports) {
    switch (report.kind) {
      case 'log':
        lines.push({ flowRun, taskRun: report.taskRun, at: report.at, level: report.level, message: report.message })
        break
      case 'progress':
        progress.push({ kind: 'progress', flowRun, taskRun: report.taskRun, progress: report.progress })
        break
      case 'artifact':
        recorded.push({ ...report, flowRun })
        break
      case 'dataset':
        recorded.push({ kind: 'dataset', dataset: entryOf(world, job, report) })
        break
      case 'outcome':
        break
      default:
        report satisfies never
    }
  }
  if (lines.length > 0) world.logs.write(lines)
  world.publish(progress)
  if (recorded.length > 0) world.record(recorded)
  // Outcomes last: whoever sees a task run end finds all its lines.
  for (const report of reports) {
    if (report.kind === 'outcome')
      world.report({ flowRun, job: job.id, taskRun: report.taskRun, outcome: report.outcome })
  }
}

type Written = Extract<JobReport, { kind: 'dataset' }>

const entryOf = (world: JobsWorld, { flowRun, document, flowFolder }: RunningJob, written: Written): Dataset => {
  const { taskRun, at, dataset } = written
  const { catalogue, store } = world
  const provenance = { catalogue, flowFolder, taskRun: (key: string) => store.taskRun(flowRun.id, key) }
  const table = dataset.table ?? tableWritten(provenance, document, taskRun)
  return {
    location: dataset.location,
    columns: table?.columns ?? [],
    rows: table?.rows ?? null,
    flowRun: flowRun.id,
    taskRun,
    writtenAt: at,
    madeFrom: madeFrom(provenance, document, taskRun).map((source) => world.mask(source)),
  }
}
