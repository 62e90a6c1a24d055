import { expect, test } from 'vitest'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import type { StateName } from '#core/model/state.ts'
import { closeRun, foldNews, isHeld, useRun } from './run.ts'

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

test('a task on hold stands still until it has begun or the run has ended', () => {
  closeRun()
  const flowRun = { id: 'f', state: { name: 'Running', at: 0, message: null } } as FlowRun
  const held = foldNews(useRun.getState(), [
    { kind: 'flow-run', flowRun },
    { kind: 'held', flowRun: 'f', tasks: ['clean'] },
    { kind: 'held', flowRun: 'child', tasks: [] },
  ])
  expect(isHeld(held, taskRun('clean', 'Pending'))).toBe(true)
  expect(isHeld(held, taskRun('clean', 'Running'))).toBe(false)
  expect(isHeld(held, taskRun('other', 'Pending'))).toBe(false)
  const ended = { ...flowRun, state: { name: 'Cancelled', at: 1, message: null } } as FlowRun
  expect(isHeld(foldNews(held, [{ kind: 'flow-run', flowRun: ended }]), taskRun('clean', 'Pending'))).toBe(false)
  expect(isHeld(foldNews(held, [{ kind: 'held', flowRun: 'f', tasks: [] }]), taskRun('clean', 'Pending'))).toBe(false)
})
