import { useEffect } from 'react'
import { isTerminal, stateType } from '#core/model/state.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { offerCommands, type Command } from '#renderer/stores/commands.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { showTab } from '#renderer/stores/panels.ts'
import { parametersOf } from '#renderer/stores/parameters.ts'
import { sendPendingEdits } from '#renderer/stores/pending-edits.ts'
import { useRun } from '#renderer/stores/run.ts'
import {
  askToRun, cancelTask, controlRun, differs, holdTask, releaseTask, startRun, useRunning,
} from '#renderer/stores/running.ts' // prettier-ignore
import { useSelection } from '#renderer/stores/selection.ts'

const whyNotRun = (): string | null => {
  const { draft } = useFlow.getState()
  if (!draft) return 'No flow is open.'
  return draft.content.problems.some(({ severity }) => severity === 'error') ? 'The flow has problems.' : null
}

const theTask = (): string | null => {
  const { tasks } = useSelection.getState()
  return tasks.length === 1 ? (tasks[0] ?? null) : null
}

const whyNotPart = (): string | null => whyNotRun() ?? (theTask() === null ? 'Select one task first.' : null)

const whyNotGoing = (): string | null => {
  const { flowRun } = useRun.getState()
  return flowRun && !isTerminal(flowRun.state) ? null : 'Nothing runs.'
}

const resumable = new Set(['FAILED', 'CRASHED', 'CANCELLED', 'PAUSED'])

const whyNotResume = (): string | null => {
  const { flowRun } = useRun.getState()
  return flowRun && resumable.has(stateType(flowRun.state)) ? null : 'There is no run to go on with.'
}

const isEdited = (): boolean => {
  const { draft } = useFlow.getState()
  return draft !== null && differs(useRunning.getState().basis, draft.content.value)
}

/** Goes on with the run; a mended flow goes on with what was left undone, as a new run. */
const resume = async (engine: Engine): Promise<void> => {
  const { flowRun } = useRun.getState()
  sendPendingEdits()
  if (flowRun && isTerminal(flowRun.state) && isEdited()) askToRun({ mode: 'rest', reuse: flowRun.id })
  else await controlRun(engine, 'resume')
}

const start = async (engine: Engine): Promise<void> => {
  sendPendingEdits()
  const parameters = parametersOf(useFlow.getState().draft?.content.value ?? null)
  if (parameters.some(({ required }) => required)) return askToRun(null)
  showTab('logs')
  await startRun(engine, { parameters: {}, selection: null })
}

const parts = [
  ['run.only', 'Run only this task', 'only'],
  ['run.to', 'Run to here', 'to'],
  ['run.from', 'Run from here', 'from'],
] as const

const starting = (engine: Engine, host: Pick<Host, 'mayNotify'>): readonly Command[] => [
  {
    id: 'run.start',
    title: 'Run',
    group: 'Run',
    keys: ['Mod+Enter'],
    disabled: whyNotRun,
    run: () => {
      host.mayNotify()
      return start(engine)
    },
  },
  {
    id: 'run.with-parameters',
    title: 'Run with parameters…',
    group: 'Run',
    keys: ['Mod+Shift+Enter'],
    disabled: whyNotRun,
    run: () => askToRun(null),
  },
  ...parts.map(([id, title, mode]): Command => ({
    id,
    title,
    group: 'Run',
    disabled: whyNotPart,
    run: () => {
      const task = theTask()
      if (task !== null) askToRun({ mode, task, reuse: null })
    },
  })),
]

const steering = (engine: Engine): readonly Command[] => [
  {
    id: 'run.cancel',
    title: 'Cancel run',
    group: 'Run',
    disabled: whyNotGoing,
    run: async () => void (await controlRun(engine, 'cancel')),
  },
  {
    id: 'run.pause',
    title: 'Pause run',
    group: 'Run',
    disabled: () =>
      whyNotGoing() ?? (useRun.getState().flowRun?.state.name === 'Paused' ? 'It is paused already.' : null),
    run: async () => void (await controlRun(engine, 'pause')),
  },
  { id: 'run.resume', title: 'Resume run', group: 'Run', disabled: whyNotResume, run: () => resume(engine) },
  {
    id: 'run.resume-as-it-was',
    title: 'Resume run as it was',
    group: 'Run',
    disabled: () => whyNotResume() ?? (isEdited() ? null : 'The flow has not been changed since.'),
    run: async () => void (await controlRun(engine, 'resume')),
  },
]

const onTask = (engine: Engine): readonly Command[] => {
  const whyNot = () => whyNotGoing() ?? (theTask() === null ? 'Select one task first.' : null)
  const withTask = (act: (engine: Engine, task: string) => Promise<void>) => async () => {
    const task = theTask()
    if (task !== null) await act(engine, task)
  }
  return [
    { id: 'task.cancel', title: 'Stop this task', group: 'Run', disabled: whyNot, run: withTask(cancelTask) },
    { id: 'task.hold', title: 'Hold this task', group: 'Run', disabled: whyNot, run: withTask(holdTask) },
    { id: 'task.release', title: 'Release this task', group: 'Run', disabled: whyNot, run: withTask(releaseTask) },
  ]
}

/** What can be done with runs of the flow that is open, by key, menu and palette. */
export const useRunCommands = (): void => {
  const { engine, host } = useWorld()
  useEffect(() => offerCommands([...starting(engine, host), ...steering(engine), ...onTask(engine)]), [engine, host])
}
