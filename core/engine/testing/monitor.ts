import type { FlowDocument, TaskDocument } from '#core/model/flow-document.ts'
import type { RunEvent } from '#core/model/run-event.ts'
import { isTerminal, stateType, type State } from '#core/model/state.ts'
import { parseTaskRunKey } from '#core/model/task-run-key.ts'
import type { Batch, Change, JobStart } from '../ports.ts'
import type { RunningJob } from './virtual-world.ts'

export const rules = ['limits', 'order', 'attempts', 'cancelled', 'paused', 'held', 'completed'] as const
export type Rule = (typeof rules)[number]

/** What the monitor knows of one flow run, from what was stored alone. */
type Watched = {
  readonly document: FlowDocument
  readonly tasks: ReadonlyMap<string, TaskDocument>
  flow: State
  readonly ended: Map<string, { readonly state: State; readonly items: number | null }>
  readonly tries: Map<string, number>
  readonly completed: Set<string>
  readonly held: Set<string>
  cancels: number
  timedOut: boolean
  /** A task that waited was stopped by itself, so what comes after it need not wait for those before it. */
  oneStopped: boolean
}

export const upstreamOf = (task: TaskDocument): string[] => [
  ...task.after,
  ...task.mentions,
  ...Object.values(task.inputs).flatMap((sources) => sources.map((source) => source.task)),
  ...(task.forEach?.kind === 'like' ? [task.forEach.task] : []),
]

const ancestorsOf = (tasks: ReadonlyMap<string, TaskDocument>, ids: readonly string[]): Set<string> => {
  const found = new Set(ids)
  for (const id of found) for (const above of upstreamOf(tasks.get(id) ?? neverTask(id))) found.add(above)
  return found
}

const neverTask = (id: string): never => {
  throw new Error(`there is no task ${id}`)
}

/** Stands beside the engine and notes each start that breaks a rule. Knows nothing of how the engine decides. */
export const createMonitor = (jobs: ReadonlyMap<string, RunningJob>) => {
  const runs = new Map<string, Watched>()
  const limits = new Map<string, number>()
  const broken: { rule: Rule; what: string }[] = []
  const note = (rule: Rule, what: string) => void broken.push({ rule, what })

  const checkMember = (run: Watched, members: readonly string[], position: number): void => {
    const key = members[position] ?? ''
    const { task: id } = parseTaskRunKey(key)
    const task = run.tasks.get(id)
    if (!task) return note('order', `${key} is no task run`)
    const isHook = !run.document.tasks.includes(task)
    const before = new Set(members.slice(0, position))
    const waited = isHook ? [...upstreamOf(task), ...run.document.tasks.map((one) => one.id)] : upstreamOf(task)
    for (const above of run.oneStopped ? waited : ancestorsOf(run.tasks, waited)) {
      const state = run.ended.get(above)?.state
      if (!before.has(above) && !(state && isTerminal(state))) note('order', `${key} starts before ${above} ended`)
    }
    const tries = (run.tries.get(key) ?? 0) + 1
    run.tries.set(key, tries)
    if (tries > task.retries + 1) note('attempts', `${key} tries for the ${tries}th time`)
    if (run.cancels > 1 || (run.cancels === 1 && !isHook && task.runIf !== 'always')) note('cancelled', `${key} starts`)
    if (run.flow.name === 'Paused') note('paused', `${key} starts`)
    if (run.held.has(id) && run.cancels === 0 && !run.timedOut) note('held', `${key} starts`)
    if (run.completed.has(key)) note('completed', `${key} starts again`)
  }
  const follow = (run: Watched, event: RunEvent): void => {
    switch (event.kind) {
      case 'started':
        for (const position of event.taskRuns.keys()) checkMember(run, event.taskRuns, position)
        return
      case 'cancel':
        run.cancels++
        return
      case 'cancel-task':
        run.oneStopped = true
        return
      case 'hold':
        run.held.add(event.task)
        return
      case 'release':
        run.held.delete(event.task)
        return
      case 'timer':
        if (event.timer.kind === 'flow-timeout') run.timedOut = true
        return
      default:
    }
  }
  /** Hooks belong to each end of the flow run, so they run again when a run that goes on ends again. */
  const forgetHooks = (run: Watched): void => {
    const main = new Set(run.document.tasks.map(({ id }) => id))
    for (const key of run.completed) if (!main.has(parseTaskRunKey(key).task)) run.completed.delete(key)
  }
  const takeIn = (run: Watched, event: RunEvent, change: Change): void => {
    if (change.kind === 'task-run') {
      const { key, state, items } = change.run
      run.ended.set(key, { state, items })
      if (stateType(state) === 'COMPLETED' && items === null) run.completed.add(key)
      // It had not run after all.
      if (event.kind === 'outcome' && event.taskRun === key && state.name === 'Pending')
        run.tries.set(key, (run.tries.get(key) ?? 1) - 1)
      return
    }
    run.flow = change.state
    if (change.state.name !== 'Retrying') return
    run.tries.clear()
    forgetHooks(run)
    run.held.clear()
    run.cancels = 0
    run.timedOut = false
  }

  const checkLimit = (name: string, capacity: number | null, counts: (job: JobStart) => boolean): void => {
    const used = [...jobs.values()].filter(({ start }) => counts(start)).length
    if (capacity !== null && used > capacity) note('limits', `${used} of ${capacity} ${name}`)
  }
  const checkLimits = (run: Watched, job: JobStart): void => {
    const tasks = job.members.flatMap((member) => run.tasks.get(member.task) ?? [])
    const tagsOf = ({ tags, traits }: TaskDocument) => (traits.runs === 'worker' ? tags : [])
    const tags = (other: JobStart) =>
      other.members.flatMap((member) => {
        const task = runs.get(other.flowRun.id)?.tasks.get(member.task)
        return task ? tagsOf(task) : []
      })
    if (job.runs === 'worker') checkLimit('process', limits.get('process') ?? null, (other) => other.runs === 'worker')
    for (const tag of tasks.flatMap(tagsOf)) {
      checkLimit(tag, limits.get(`tag:${tag}`) ?? null, (other) => tags(other).includes(tag))
    }
    checkLimit('flow', run.document.concurrency, (other) => other.flowRun.id === job.flowRun.id)
    for (const task of tasks) {
      if (!task.forEach) continue
      checkLimit(
        task.id,
        task.concurrency,
        (other) => other.flowRun.id === job.flowRun.id && other.members[0]?.task === task.id,
      )
    }
  }

  return {
    broken,
    limits,
    watch: (id: string, document: FlowDocument) => {
      const all = [...document.tasks, ...Object.values(document.hooks).flat()]
      runs.set(id, {
        document,
        tasks: new Map(all.map((task) => [task.id, task])),
        flow: { name: 'Pending', at: 0, message: null },
        ended: new Map(),
        tries: new Map(),
        completed: new Set(),
        held: new Set(),
        cancels: 0,
        timedOut: false,
        oneStopped: false,
      })
    },
    started: (job: JobStart): void => {
      const run = runs.get(job.flowRun.id)
      if (run) checkLimits(run, job)
    },
    stored: ({ decisions }: Batch): void => {
      for (const { flowRun, event, changes } of decisions) {
        const run = runs.get(flowRun)
        if (!run) continue
        follow(run, event)
        for (const one of changes) takeIn(run, event, one)
      }
    },
    run: (id: string): Watched => {
      const run = runs.get(id)
      if (!run) throw new Error(`${id} is not watched`)
      return run
    },
  }
}
