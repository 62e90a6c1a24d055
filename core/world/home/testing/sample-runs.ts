import type { Batch, Change, TaskRunRecord } from '#core/engine/ports.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { LogEntry } from '#core/model/log-line.ts'
import { isTerminal, type StateName } from '#core/model/state.ts'
import type { StoredDocument } from '#core/model/store.ts'

const flowDocument: FlowDocument = {
  name: 'green-taxi',
  description: null,
  parameters: {},
  variables: {},
  tasks: [],
  tags: [],
  concurrency: null,
  retries: 0,
  retryDelay: 0,
  timeout: null,
  hooks: { on_failure: [], on_completion: [], on_cancellation: [] },
  notify: null,
}

export const sampleDocument = (hash = 'a1b2'): StoredDocument => ({
  hash,
  text: `millrace: 1 # ${hash}\n`,
  document: flowDocument,
})

export const sampleRun = (id: string, facts: Partial<FlowRun> = {}): FlowRun => ({
  id,
  name: `name-of-${id}`,
  flow: 'green-taxi',
  document: 'a1b2',
  file: null,
  parameters: { color: 'green' },
  tags: [],
  state: { name: 'Pending', at: 1000, message: null },
  createdAt: 1000,
  startedAt: null,
  endedAt: null,
  runCount: 0,
  parent: null,
  submissionKey: null,
  selection: null,
  ...facts,
})

/** A run that was created, and ended when a state is given that ends it. */
export const sampleEnded = (id: string, name: StateName, at: number, facts: Partial<FlowRun> = {}): FlowRun =>
  sampleRun(id, {
    createdAt: at,
    startedAt: at,
    endedAt: at + 100,
    state: { name, at: at + 100, message: null },
    runCount: 1,
    ...facts,
  })

export const sampleTaskRun = (key: string, name: StateName, facts: Partial<TaskRunRecord> = {}): TaskRunRecord => {
  const state = { name, at: 2000, message: null }
  return {
    key,
    task: key.replace(/\[\d+\]$/, ''),
    item: null,
    items: null,
    state,
    runCount: 1,
    startedAt: 1500,
    endedAt: isTerminal(state) ? 2000 : null,
    runTime: 500,
    outputs: {},
    cache: null,
    settings: { url: 'https://example.org/green.csv' },
    ...facts,
  }
}

export const created = (...runs: readonly FlowRun[]): Batch => ({ created: runs, decisions: [] })

/** One decision that changes a task run. */
export const decided = (flowRun: string, number: number, run: TaskRunRecord): Batch => {
  const change: Change = { kind: 'task-run', before: null, run }
  return { created: [], decisions: [{ flowRun, number, event: { kind: 'begun', at: number }, changes: [change] }] }
}

export const sampleLine = (message: string, facts: Partial<LogEntry> = {}): LogEntry => ({
  flowRun: 'run-1',
  taskRun: 'fetch',
  at: 1000,
  level: 'info',
  message,
  ...facts,
})
