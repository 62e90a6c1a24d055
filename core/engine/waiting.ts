import { stateType } from '#core/model/state.ts'
import { listed } from './readiness.ts'
import { plannedAt, runAt, type FlowRunState, type Place } from './state.ts'
import { at } from './vector.ts'

/** Why a task run waits, in words; null when it does not wait. `slots` tells what the request for slots of a job waits on. */
export const waitReason = (state: FlowRunState, place: Place, slots: (job: string) => string | null): string | null => {
  const { phase } = runAt(state, place)
  switch (phase.at) {
    case 'waiting':
      return waitingReason(state, place)
    case 'preparing':
      return 'Its inputs and settings are being worked out.'
    case 'queued':
      return slots(phase.job) ?? 'Waits for a slot.'
    case 'retry':
      return state.phase.at === 'paused' ? 'Waits to try again; the flow run is paused.' : 'Waits to try again.'
    case 'items':
      return stateType(runAt(state, place).state) === 'PENDING' ? 'None of its items has started.' : null
    case 'running':
    case 'ended':
      return null
    default:
      return phase satisfies never
  }
}

const waitingReason = (state: FlowRunState, { task }: Place): string | null => {
  const { held, openUpstream } = at(state.tasks, task)
  if (openUpstream > 0) {
    const open = plannedAt(state.plan, task).upstream.filter((one) => {
      const { run, behind } = at(state.tasks, one)
      return behind || run.phase.at !== 'ended'
    })
    return `Waits for ${listed(open.map((one) => plannedAt(state.plan, one).document.id))}.`
  }
  if (state.phase.at === 'paused') return 'The flow run is paused.'
  if (held) return 'Held; it goes on when released.'
  return state.phase.at === 'ended' ? null : 'Its turn has not come.'
}
