import type { JobOutcome } from '#core/model/worker-job.ts'
import { isTerminal, stateType } from '#core/model/state.ts'
import { planFlow } from '../plan.ts'
import { replay } from '../transition.ts'
import { each } from '../vector.ts'
import { flowRun } from './flows.ts'
import { createMonitor, type Rule } from './monitor.ts'
import { answerTo, fateOf, type Scenario, type Step } from './scenario.ts'
import { crashed, createVirtualWorld, done, failed, type RunningJob } from './virtual-world.ts'

const ids = ['one', 'two'] as const

/** Plays a scenario with two runs of its flow to the end, beside a monitor; `looks`: also at every state on the way. */
export const simulate = async (scenario: Scenario, looks: 'looks' | null = null) => {
  const { document, limits } = scenario
  const world = createVirtualWorld({
    prepare: (member) => answerTo(scenario, member),
    later: ({ task }) => scenario.answers.get(task.id)?.later ?? false,
    random: () => 0.3,
    slowDisk: scenario.slowDisk,
    started: (job) => monitor.started(job),
    stored: (batch) => monitor.stored(batch),
  })
  const monitor = createMonitor(world.jobs)
  const speechless: string[] = []
  const differences: string[] = []
  const lastReports: { flowRun: string; job: string; taskRun: string; outcome: JobOutcome }[] = []

  const setLimit = (name: string, capacity: number | null) => {
    if (capacity === null) monitor.limits.delete(name)
    else monitor.limits.set(name, capacity)
    world.driver().setLimit(name, capacity)
  }
  const setLimits = () => {
    setLimit('process', limits.process)
    setLimit('tag:x', limits.x)
  }
  const attempts = (job: RunningJob) => job.start.members[job.next]?.attempt ?? 1
  const report = (job: RunningJob, outcome: JobOutcome) => {
    const taskRun = job.start.members[job.next]?.taskRun ?? ''
    lastReports.push({ flowRun: job.start.flowRun.id, job: job.start.id, taskRun, outcome })
    world.report(job, outcome)
  }
  /** Ends a member; when it does not complete, those after it never ran. */
  const endOne = (job: RunningJob, pick: number) => {
    const fate = fateOf(scenario, job.start.members[job.next]?.taskRun ?? '', attempts(job))
    const outcome: JobOutcome = job.stopped && pick % 4 > 0 ? { kind: 'cancelled' } : { done, failed, crashed }[fate]
    report(job, outcome)
    while (outcome.kind !== 'completed' && job.next < job.start.members.length) report(job, { kind: 'returned' })
  }
  const ignore = () => undefined
  const play = async ({ kind, pick, after }: Step): Promise<void> => {
    const driver = world.driver()
    const id = ids[pick % ids.length] ?? 'one'
    const task = document.tasks[pick % document.tasks.length]?.id ?? ''
    world.advance(after)
    switch (kind) {
      case 'end': {
        const running = [...world.jobs.values()]
        const job = running[pick % Math.max(1, running.length)]
        return job && endOne(job, pick)
      }
      case 'repeat': {
        const late = lastReports[pick % Math.max(1, lastReports.length)]
        return late && driver.report({ ...late, outcome: pick % 2 ? failed : done })
      }
      case 'answer':
        return void world.answer()
      case 'time':
        return void (await world.nextTimer())
      case 'cancel':
        return void driver.cancel(id).catch(ignore)
      case 'cancel-task':
        return void driver.cancelTask(id, pick % 3 ? task : `${task}[${pick % 4}]`).catch(ignore)
      case 'pause':
        return void driver.pause(id).catch(ignore)
      case 'unpause':
        return void driver.unpause(id).catch(ignore)
      case 'hold':
        return void driver.hold(id, task).catch(ignore)
      case 'release':
        return void driver.release(id, task).catch(ignore)
      case 'resume':
        return void driver.resume(id, []).catch(ignore)
      case 'full':
        return void (world.state.full = pick % 2 === 0)
      case 'limit':
        // A start that was decided before is still to come while nothing can be stored.
        if ((world.stalls.at(-1) ?? null) !== null) return
        return setLimit(pick % 2 ? 'tag:x' : 'process', pick % 3 === 0 && pick % 2 ? null : 1 + (pick % 3))
      case 'die':
        return die()
      default:
        return kind satisfies never
    }
  }
  const die = async (): Promise<void> => {
    world.restart()
    setLimits()
    void world
      .driver()
      .recover([...ids], 'The engine died.')
      .catch(ignore)
    await world.settle()
  }
  const look = () => {
    if (looks === null) return
    for (const id of ids) {
      for (const { key, state, waiting } of world.driver().view(id)?.taskRuns ?? []) {
        const waits = !isTerminal(state) && stateType(state) !== 'RUNNING'
        if (waits && (waiting ?? '') === '') speechless.push(`${id} ${key} ${state.name}`)
      }
      const [live, again] = [liveState(id), foldedState(id)]
      if (live !== null && live !== again) differences.push(`${live} but from its events ${again}`)
    }
  }
  /** null when it is not active, or ahead of what can be stored. */
  const liveState = (id: string): string | null => {
    const view = (world.stalls.at(-1) ?? null) === null ? world.driver().view(id) : null
    return (
      view && JSON.stringify([view.flowRun, view.taskRuns.map((run) => ({ ...run, waiting: undefined })), view.held])
    )
  }
  const foldedState = (id: string): string => {
    const stored = world.stored.get(id)
    if (!stored) return 'nothing'
    const { flowRun: run, tasks } = replay(planFlow(stored.document), flowRun(id), stored.events)
    const shown = [...each(tasks)].filter(
      (task) => stored.document.tasks.some((one) => one.id === task.run.task) || task.run.known,
    )
    const taskRuns = shown.flatMap((task) => [task.run, ...(task.items ? each(task.items) : [])])
    return JSON.stringify([run, taskRuns, shown.filter(({ held }) => held).map((task) => task.run.task)])
  }
  const goOn = async (): Promise<void> => {
    world.state.full = false
    for (const id of ids) {
      void world.driver().unpause(id).catch(ignore)
      for (const task of document.tasks) void world.driver().release(id, task.id).catch(ignore)
    }
    await world.settle()
  }

  setLimits()
  for (const id of ids) {
    monitor.watch(id, document)
    await world.submit(flowRun(id), document)
  }
  for (const step of scenario.steps) {
    await play(step)
    await world.settle()
    look()
  }
  await goOn()
  for (let turn = 0; turn < 2000; turn++) {
    const [job] = world.jobs.values()
    if (job) endOne(job, 1)
    else if (!world.answer() && !(await world.nextTimer())) break
    await world.settle()
    look()
  }
  return {
    monitor,
    speechless,
    differences,
    broken: (rule: Rule) => monitor.broken.filter((one) => one.rule === rule).map(({ what }) => what),
    states: ids.map((id) => world.stored.get(id)?.flowRun.state),
  }
}
