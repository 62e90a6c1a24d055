import type { Driver } from '#core/engine/ports.ts'
import type { Flows } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import { isTerminal, stateType, type State } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import type { Job } from '#core/model/worker-job.ts'
import type { FlowSource } from '#core/model/flow-library.ts'
import type { RunsService } from './runs.ts'

/** Subflows within subflows; a flow that runs itself ends here. */
const deepestSubflow = 10

export type SubflowsWorld = {
  readonly driver: Pick<Driver, 'whenEnded'>
  readonly store: Pick<StateStore, 'flowRun' | 'childOf'>
  readonly runs: Pick<RunsService, 'submitChild' | 'cancel' | 'resume'>
}

/**
 * What `flow.run` runs subflows with. A task run has one flow run of its own: a retry or a resume goes on with it, so that
 * its completed tasks are not repeated.
 */
export const subflowsOf =
  (world: SubflowsWorld) =>
  (job: Job): Flows => ({
    run: async ({ flow, from, parameters, signal }) => {
      const parent = { flowRun: job.flow.flowRun, taskRun: job.members[0]?.taskRun ?? '' }
      refuseDepth(world, parent.flowRun, flow)
      const known = world.store.childOf(parent)
      const child =
        known ??
        (await world.runs.submitChild({
          source: sourceOf(flow, from, job.flow.flowFolder),
          parameters: { values: parameters, texts: {} },
          selection: null,
          submissionKey: `subflow/${parent.flowRun}/${parent.taskRun}`,
          tags: [],
          parent,
        }))
      if (known && goesOnByResume(known.state)) await world.runs.resume(known.id)
      const cancel = () => void world.runs.cancel(child.id).catch(() => undefined)
      if (signal.aborted) cancel()
      signal.addEventListener('abort', cancel, { once: true })
      try {
        return { flowRun: child.id, state: await world.driver.whenEnded(child.id) }
      } finally {
        signal.removeEventListener('abort', cancel)
      }
    },
  })

/** A paused one is left by a parent that was paused when its engine ended. */
const goesOnByResume = (state: State): boolean =>
  state.name === 'Paused' || (isTerminal(state) && stateType(state) !== 'COMPLETED')

const sourceOf = (flow: string, from: string | undefined, folder: string): FlowSource =>
  from !== undefined
    ? { from: 'file', path: `${from}/${flow.replace(/^\/+/, '')}`, cwd: folder }
    : /\.(ya?ml|millrace)$/.test(flow)
      ? { from: 'file', path: flow, cwd: folder }
      : { from: 'library', name: flow }

const refuseDepth = ({ store }: SubflowsWorld, flowRun: string, flow: string): void => {
  let depth = 1
  for (let above = store.flowRun(flowRun)?.parent; above; above = store.flowRun(above.flowRun)?.parent) depth += 1
  if (depth <= deepestSubflow) return
  throw new Refused({
    code: 'limit',
    message: `The flow “${flow}” would run ${depth} subflows deep; at most ${deepestSubflow} are allowed. Does a flow run itself?`,
  })
}
