import { expect, test } from 'vitest'
import type { TaskRun } from '#core/model/flow-run.ts'
import type { StateName } from '#core/model/state.ts'
import { closeRun, foldNews, useRun } from './run.ts'

const taskRun = (key: string, name: StateName, item: number | null = null): TaskRun => ({
  flowRun: 'f',
  key,
  task: key.replace(/\[.*/, ''),
  item,
  items: null,
  state: { name, at: 0, message: null },
  runCount: 0,
  startedAt: null,
  endedAt: null,
  runTime: 0,
  outputs: {},
  waiting: null,
  cache: null,
  settings: null,
})
const news = (run: TaskRun) => ({ kind: 'task-run', taskRun: run }) as const

test('items that have ended are counted, and counted back when they go again', () => {
  closeRun()
  const begun = foldNews(useRun.getState(), [
    news(taskRun('fetch[0]', 'Completed', 0)),
    news(taskRun('fetch[1]', 'Running', 1)),
    news(taskRun('fetch[1]', 'Failed', 1)),
    news(taskRun('fetch[1]', 'Failed', 1)),
  ])
  expect(begun.itemsDone.get('fetch')).toBe(2)
  const again = foldNews(begun, [news(taskRun('fetch[1]', 'Retrying', 1))])
  expect(again.itemsDone.get('fetch')).toBe(1)
  expect(begun.itemsDone.get('fetch')).toBe(2)
})

test('what no news touch stays the same object, so that nothing is drawn again', () => {
  closeRun()
  const state = useRun.getState()
  const next = foldNews(state, [
    { kind: 'logs', lines: [] },
    { kind: 'end', flowRun: 'f' },
  ])
  expect(next.taskRuns).toBe(state.taskRuns)
  expect(next.progress).toBe(state.progress)
  expect(next.ended).toBe(true)
})
