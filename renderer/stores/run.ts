import { useMemo } from 'react'
import { create } from 'zustand'
import { useShallow } from 'zustand/shallow'
import type { Failure } from '#core/model/failure.ts'
import type { FlowRun, Progress, TaskRun } from '#core/model/flow-run.ts'
import type { RunNews } from '#core/model/run-news.ts'
import { isTerminal, stateType, type StateType } from '#core/model/state.ts'
import type { Engine } from '#renderer/rpc/engine.ts'

/** A flow run as the engine tells it, live and in replay alike. */
export type RunState = {
  readonly flowRun: FlowRun | null
  /** By key. */
  readonly taskRuns: ReadonlyMap<string, TaskRun>
  /** How many items of a mapped task have ended, by task. */
  readonly itemsDone: ReadonlyMap<string, number>
  readonly progress: ReadonlyMap<string, Progress>
  /** Tasks that do not start until they are released. */
  readonly held: ReadonlySet<string>
  readonly ended: boolean
  readonly failure: Failure | null
}

const nothing: RunState = {
  flowRun: null,
  taskRuns: new Map(),
  itemsDone: new Map(),
  progress: new Map(),
  held: new Set(),
  ended: false,
  failure: null,
}

/** The flow run that the screen shows. */
export const useRun = create<RunState>(() => nothing)

/** Of a task that the run will come to: the engine tells of it once something has happened to it. */
const yetToCome = ({ id, createdAt }: FlowRun, task: string): TaskRun => ({
  flowRun: id,
  key: task,
  task,
  item: null,
  items: null,
  state: { name: 'Pending', at: createdAt, message: null },
  runCount: 0,
  startedAt: null,
  endedAt: null,
  runTime: 0,
  outputs: {},
  waiting: null,
  cache: null,
  settings: null,
})

/** What became of a task in the shown run so far; undefined when it has no part in it. */
export const useTaskRun = (task: string): TaskRun | undefined => {
  const run = useRun((state) => state.taskRuns.get(task))
  const flowRun = useRun((state) => (state.taskRuns.has(task) ? null : state.flowRun))
  return useMemo(() => {
    if (run !== undefined || flowRun === null || isTerminal(flowRun.state)) return run
    const isPart = flowRun.selection === null || flowRun.selection.tasks.includes(task)
    return isPart ? yetToCome(flowRun, task) : undefined
  }, [run, flowRun, task])
}

/** Whether a task run stands still until somebody releases its task. */
export const isHeld = ({ held, flowRun }: RunState, { task, state }: TaskRun): boolean =>
  held.has(task) && flowRun !== null && !isTerminal(flowRun.state) && waits.has(stateType(state))

const waits: ReadonlySet<StateType> = new Set(['PENDING', 'SCHEDULED'])

/** Tasks of which nothing is known yet while the run goes on: these, or those on hold. */
export const useRunsToCome = (tasks: readonly string[] | null = null): readonly TaskRun[] => {
  const { held, taskRuns, flowRun } = useRun(
    useShallow((state) => ({ held: state.held, taskRuns: state.taskRuns, flowRun: state.flowRun })),
  )
  return useMemo(() => {
    if (flowRun === null || isTerminal(flowRun.state)) return []
    const { selection } = flowRun
    return [...(tasks ?? held)]
      .filter((task) => !taskRuns.has(task) && (selection === null || selection.tasks.includes(task)))
      .map((task) => yetToCome(flowRun, task))
  }, [tasks, held, taskRuns, flowRun])
}

/** Maps that are copied when they are first written to. */
const drafts = (state: RunState) => {
  let taskRuns: Map<string, TaskRun> | null = null
  let itemsDone: Map<string, number> | null = null
  let progress: Map<string, Progress> | null = null
  return {
    putTaskRun: (run: TaskRun) => {
      taskRuns ??= new Map(state.taskRuns)
      const before = taskRuns.get(run.key)
      taskRuns.set(run.key, run)
      if (run.item === null) return
      const change = Number(isTerminal(run.state)) - Number(before !== undefined && isTerminal(before.state))
      if (change === 0) return
      itemsDone ??= new Map(state.itemsDone)
      itemsDone.set(run.task, (itemsDone.get(run.task) ?? 0) + change)
    },
    putProgress: (taskRun: string, one: Progress) => {
      progress ??= new Map(state.progress)
      progress.set(taskRun, one)
    },
    maps: () => ({
      taskRuns: taskRuns ?? state.taskRuns,
      itemsDone: itemsDone ?? state.itemsDone,
      progress: progress ?? state.progress,
    }),
  }
}

/** Folds news in; many at once cost one new state. */
export const foldNews = (state: RunState, news: readonly RunNews[]): RunState => {
  let { flowRun, ended, held } = state
  const { putTaskRun, putProgress, maps } = drafts(state)
  for (const one of news) {
    switch (one.kind) {
      case 'flow-run':
        flowRun = one.flowRun
        break
      case 'task-run':
        putTaskRun(one.taskRun)
        break
      case 'progress':
        putProgress(one.taskRun, one.progress)
        break
      case 'held':
        if (one.flowRun === flowRun?.id) held = new Set(one.tasks)
        break
      case 'logs':
        // The log view reads them itself.
        break
      case 'end':
        ended = true
        break
      default:
        one satisfies never
    }
  }
  return { ...state, flowRun, ended, held, ...maps() }
}

/** Follows a run: news are gathered and shown once a frame. The answer ends it. */
export const followRun = (engine: Engine, flowRun: string): (() => void) => {
  // One that goes on again stays on the screen.
  const known = useRun.getState().flowRun?.id === flowRun
  if (known) useRun.setState({ ended: false, failure: null })
  else useRun.setState(nothing, true)
  let waiting: RunNews[] = []
  let frame = 0
  const flush = () => {
    frame = 0
    const news = waiting
    waiting = []
    useRun.setState((state) => foldNews(state, news))
  }
  const tell = (news: RunNews) => {
    waiting.push(news)
    frame ||= requestAnimationFrame(flush)
  }
  const stop = engine.follow(
    (client, signal) => client.runs.watch({ flowRun, logs: false }, { signal }),
    tell,
    (failure) => useRun.setState({ failure }),
  )
  return () => {
    stop()
    cancelAnimationFrame(frame)
  }
}

export const closeRun = (): void => useRun.setState(nothing, true)
