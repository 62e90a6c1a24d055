import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { Preparation, RunEvent } from '#core/model/run-event.ts'
import { describeState } from '#core/model/state.ts'
import type { JobOutcome } from '#core/model/worker-job.ts'
import { createDriver } from '../driver.ts'
import { logLines } from '../log-lines.ts'
import type { Batch, Driver, EngineWorld, JobStart, PrepareMember, PrepareRequest } from '../ports.ts'

export type RunningJob = { readonly start: JobStart; next: number; stopped: boolean }

export type Answers = {
  /** Default: run. */
  prepare?(member: PrepareMember, request: PrepareRequest): Preparation
  /** Whether the answer comes only when `answer` is called. */
  later?(member: PrepareMember): boolean
  random?(): number
  started?(job: JobStart): void
  stored?(batch: Batch): void
  /** Whether storing takes its time, so that more is decided meanwhile. */
  slowDisk?: boolean
}

type Stored = { flowRun: FlowRun; document: FlowDocument; events: RunEvent[] }

const runIt = (): Preparation => ({ kind: 'run', settings: null, limits: [], cache: null })
export const done: JobOutcome = { kind: 'completed', outputs: { out: { kind: 'value', value: 1 } } }
export const failed: JobOutcome = { kind: 'failed', failure: { code: 'data', message: 'It broke', retryable: false } }
export const crashed: JobOutcome = {
  kind: 'crashed',
  failure: { code: 'crashed', message: 'It died', retryable: true },
}

/** A world in memory whose clock stands until it is moved and whose jobs end when they are told to. */
export const createVirtualWorld = (answers: Answers = {}) => {
  let now = 1_000
  let ticks: (() => void)[] = []
  const timers = new Set<{ at: number; run: () => void }>()
  const stored = new Map<string, Stored>()
  const documents = new Map<string, FlowDocument>()
  const jobs = new Map<string, RunningJob>()
  const batches: Batch[] = []
  const lines: string[] = []
  const state = { full: false, appends: 0, lost: false }
  const stalls: (string | null)[] = []
  let open: (() => void)[] = []

  const append = (batch: Batch): void => {
    state.appends++
    if (state.full) throw new Error('database or disk is full')
    for (const flowRun of batch.created) {
      stored.set(flowRun.id, { flowRun, document: documents.get(flowRun.id) ?? neverDocument(), events: [] })
    }
    for (const { flowRun, number, event, changes } of batch.decisions) {
      const found = stored.get(flowRun)
      if (!found || found.events.length !== number) throw new Error(`gap in the events of ${flowRun} at ${number}`)
      found.events.push(JSON.parse(JSON.stringify(event)) as RunEvent)
      for (const change of changes) {
        if (change.kind === 'flow-run') found.flowRun = { ...found.flowRun, state: change.state }
      }
    }
    batches.push(batch)
    answers.stored?.(batch)
  }
  let slowAppends = 0
  /** Every other batch is stored at once and only told late: a death between leaves it stored, and the others not. */
  const appendSlowly = async (batch: Batch, own: number): Promise<void> => {
    const early = (slowAppends += 1) % 2 === 0
    if (early) append(batch)
    await new Promise<void>((resolve) => void setImmediate(resolve))
    if (own !== engine) return new Promise(() => {})
    if (!early) append(batch)
  }
  const prepare = (request: PrepareRequest): Preparation[] | Promise<Preparation[]> => {
    const found = request.members.map((member) => (answers.prepare ?? runIt)(member, request))
    if (!request.members.some((member) => answers.later?.(member))) return found
    const { promise, resolve } = Promise.withResolvers<Preparation[]>()
    open.push(() => resolve(found))
    return promise
  }
  /** One for each engine; what a dead one still asks for is not done. */
  const worldOf = (own: number): EngineWorld => ({
    clock: { now: () => now },
    random: answers.random ?? (() => 0.5),
    nextTick: (run) => void (own === engine && ticks.push(run)),
    timer: (at, run) => {
      const timer = { at, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    store: {
      append: (batch) => (answers.slowDisk ? appendSlowly(batch, own) : append(batch)),
      load: (id) => stored.get(id) ?? null,
    },
    prepare,
    jobs: {
      start: (start) => {
        if (jobs.has(start.id)) throw new Error(`${start.id} runs already`)
        jobs.set(start.id, { start, next: 0, stopped: false })
        answers.started?.(start)
      },
      stop: (id) => {
        const job = jobs.get(id)
        if (job) job.stopped = true
      },
    },
    observe: ({ decisions }) => {
      for (const { changes } of decisions) for (const change of changes) lines.push(...logLines(change).map(wordsOf))
    },
    stalled: (reason) => void stalls.push(reason),
  })
  let engine = 0
  let driver: Driver = createDriver(worldOf(engine))

  /** Runs what is due now, and nothing that follows. */
  const tick = (): void => {
    const due = ticks
    ticks = []
    for (const run of due) run()
  }
  /** Runs what is due now, until nothing follows. */
  const settle = async (): Promise<void> => {
    for (let idle = 0; idle < 3; idle++) {
      for (; ticks.length > 0; idle = 0) {
        tick()
        await Promise.resolve()
      }
      await new Promise<void>((resolve) => void setImmediate(resolve))
    }
  }
  /** Moves the clock to the next timer; false when there is none. */
  const nextTimer = async (): Promise<boolean> => {
    const [first] = [...timers].toSorted((a, b) => a.at - b.at)
    if (!first) return false
    now = Math.max(now, first.at)
    timers.delete(first)
    first.run()
    await settle()
    return true
  }
  /** Ends the next member of a job; the job is over with its last one. */
  const report = (job: RunningJob, outcome: JobOutcome): void => {
    const member = job.start.members[job.next++]
    if (job.next === job.start.members.length) jobs.delete(job.start.id)
    if (member) driver.report({ flowRun: job.start.flowRun.id, job: job.start.id, taskRun: member.taskRun, outcome })
  }
  const jobWith = (taskRun: string): RunningJob => {
    const found = [...jobs.values()].find(({ start }) => start.members.some((member) => member.taskRun === taskRun))
    if (!found) throw new Error(`${taskRun} does not run; ${[...jobs.keys()].join(', ')} do`)
    return found
  }
  return {
    driver: () => driver,
    jobs,
    stored,
    batches,
    lines,
    stalls,
    state,
    tick,
    settle,
    nextTimer,
    report,
    now: () => now,
    advance: (by: number) => void (now += by),
    timers: () => [...timers].map(({ at }) => at - now),
    submit: async (
      flowRun: FlowRun,
      document: FlowDocument,
      reused: Parameters<Driver['submit']>[0]['reused'] = [],
    ) => {
      documents.set(flowRun.id, document)
      const submitted = driver.submit({ flowRun, document, reused })
      await settle()
      return submitted
    },
    jobWith,
    /** Gives one answer that was to come later; false when there is none. */
    answer: (): boolean => {
      const give = open.shift()
      give?.()
      return give !== undefined
    },
    /** Asks the driver and runs what follows. */
    driverDoes: async (ask: (driver: Driver) => Promise<void>): Promise<void> => {
      const answer = ask(driver)
      answer.catch(() => undefined)
      await settle()
      return answer
    },
    waiting: (taskRun: string, id = 'run') => driver.view(id)?.taskRuns.find(({ key }) => key === taskRun)?.waiting,
    /** Ends a task run that runs. */
    end: async (taskRun: string, outcome: JobOutcome = done) => {
      report(jobWith(taskRun), outcome)
      await settle()
    },
    running: () => [...jobs.values()].flatMap(({ start }) => start.members.map(({ taskRun }) => taskRun)),
    /** The engine dies with all its jobs; a new one starts on what is stored. */
    restart: () => {
      ticks = []
      timers.clear()
      jobs.clear()
      open = []
      driver = createDriver(worldOf(++engine))
    },
  }
}

export type VirtualWorld = ReturnType<typeof createVirtualWorld>

/** The last state of each task run of a flow run, and of the flow run itself. */
export const statesOf = (world: VirtualWorld, id = 'run'): Record<string, string> => {
  const states: Record<string, string> = {}
  for (const { decisions } of world.batches) {
    for (const { flowRun, changes } of decisions) {
      if (flowRun !== id) continue
      for (const change of changes) {
        if (change.kind === 'task-run') states[change.run.key] = describeState(change.run.state)
        else states['flow'] = describeState(change.state)
      }
    }
  }
  return states
}

const wordsOf = ({ taskRun, message }: ReturnType<typeof logLines>[number]) =>
  taskRun === null ? message : `${taskRun}: ${message}`

const neverDocument = (): never => {
  throw new Error('submitted without a document')
}
