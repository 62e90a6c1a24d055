import { limitUses, setLimit } from './admission.ts'
import { receive } from './guests.ts'
import { apply, createLoop, post } from './loop.ts'
import type { Driver, EngineWorld } from './ports.ts'
import { ask, findRun, pause, recover, requestOf, resume, submit, unpause, whenEnded } from './requests.ts'
import { report, shutdown } from './shutdown.ts'
import { slotsOf } from './slots.ts'
import { viewOf } from './view.ts'

/** Drives flow runs: events come in, decisions are stored, and only then is anything done about them. */
export const createDriver = (world: EngineWorld): Driver => {
  const loop = createLoop(world)
  const request = requestOf.bind(null, loop)
  return {
    submit: (submission) => ask(loop, () => submit(loop, submission)),
    cancel: (flowRun, reason) => request(flowRun, { kind: 'cancel', reason: reason ?? null }),
    cancelTask: (flowRun, taskRun, reason) =>
      request(flowRun, { kind: 'cancel-task', taskRun, reason: reason ?? null }),
    pause: (flowRun, reason) => ask(loop, () => pause(loop, flowRun, reason ?? null)),
    unpause: (flowRun) => ask(loop, () => unpause(loop, flowRun)),
    hold: (flowRun, task) => request(flowRun, { kind: 'hold', task }),
    release: (flowRun, task) => request(flowRun, { kind: 'release', task }),
    resume: (flowRun, missing) => ask(loop, () => resume(loop, flowRun, missing)),
    recover: (flowRuns, message, retries = 'go-on') =>
      ask(loop, () => {
        if (retries === 'wait') loop.withheld = new Map()
        for (const flowRun of flowRuns) recover(loop, flowRun, message)
      }),
    report: (ended) => post(loop, () => report(loop, ended)),
    measured: (flowRun, taskRun, outputs) =>
      post(loop, () => {
        const run = findRun(loop, flowRun)
        if (run) apply(loop, run, { kind: 'outputs-measured', taskRun, outputs })
      }),
    setLimit: (name, capacity) => post(loop, () => setLimit(loop.admission, name, capacity)),
    receive: (visit) => receive(loop, visit),
    whenEnded: (flowRun) => whenEnded(loop, flowRun),
    view: (flowRun) => {
      const run = loop.active.get(flowRun)
      return run ? viewOf(run, loop) : null
    },
    active: () => [...loop.active.keys()],
    withheld: () => [...(loop.withheld?.keys() ?? [])],
    limits: () => limitUses(loop.admission),
    slots: (limit) => slotsOf(loop, limit),
    shutdown: (message) => shutdown(loop, message),
  }
}
