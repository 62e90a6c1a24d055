import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import { isTerminal } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import { parseTaskRunKey } from '#core/model/task-run-key.ts'

/** Refuses a task run that a flow run neither has nor can come to have. */
export const refuseUnknownTaskRun = (
  store: Pick<StateStore, 'taskRun' | 'taskRuns' | 'document'>,
  flowRun: FlowRun,
  key: string,
): void => {
  if (store.taskRun(flowRun.id, key)) return
  const document = store.document(flowRun.document)?.document
  const tasks = document ? [...document.tasks, ...Object.values(document.hooks).flat()].map(({ id }) => id) : []
  const { task, item } = parseTaskRunKey(key)
  const whole = store.taskRun(flowRun.id, task)
  const mayCome = item === null || !whole || !isTerminal(whole.state)
  if (tasks.includes(task) && mayCome) return
  const known = new Set([...tasks, ...store.taskRuns(flowRun.id).map((run) => run.key)])
  throw new Refused({
    code: 'not-found',
    message: `Flow run “${flowRun.name}” has no task run “${key}”. ${didYouMean(key, known)}`,
  })
}
