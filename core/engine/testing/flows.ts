import type { FlowDocument, TaskDocument, TaskTraits } from '#core/model/flow-document.ts'
import type { FlowRun } from '#core/model/flow-run.ts'

const traits: TaskTraits = { runs: 'worker', tables: 'none', effect: false, optional: [], many: ['files'] }

/** A task with everything at its default. `from` names tasks whose output `out` it takes at the port `in`. */
export const task = (
  id: string,
  {
    from,
    traits: given,
    ...rest
  }: Partial<Omit<TaskDocument, 'traits'>> & { from?: string; traits?: Partial<TaskTraits> } = {},
): TaskDocument => ({
  id,
  type: 'test.task',
  inputs: from === undefined ? {} : { in: [{ task: from, output: 'out' }] },
  after: [],
  with: {},
  mentions: [],
  forEach: null,
  as: 'item',
  concurrency: null,
  retries: 0,
  retryDelay: { kind: 'fixed', delay: 0 },
  retryJitter: 0,
  timeout: null,
  cache: null,
  tags: [],
  keep: false,
  runIf: 'all_succeeded',
  when: null,
  allowFailure: false,
  disabled: false,
  note: null,
  traits: { ...traits, ...given },
  ...rest,
})

/** A task over a table, of the kind that can be fused. */
export const table = (id: string, from?: string, tables: 'lazy' | 'starts' | 'reads' = 'lazy'): TaskDocument =>
  task(id, { ...(from !== undefined && { from }), traits: { tables } })

export const flow = (tasks: readonly TaskDocument[], rest: Partial<FlowDocument> = {}): FlowDocument => ({
  name: 'flow',
  description: null,
  parameters: {},
  variables: {},
  tasks,
  tags: [],
  concurrency: null,
  retries: 0,
  retryDelay: 0,
  timeout: null,
  hooks: { on_failure: [], on_completion: [], on_cancellation: [] },
  notify: null,
  ...rest,
})

export const flowRun = (id: string, rest: Partial<FlowRun> = {}): FlowRun => ({
  id,
  name: `name-of-${id}`,
  flow: 'flow',
  document: '',
  file: null,
  parameters: {},
  tags: [],
  state: { name: 'Pending', at: 0, message: null },
  createdAt: 0,
  startedAt: null,
  endedAt: null,
  runCount: 0,
  parent: null,
  submissionKey: null,
  selection: null,
  ...rest,
})
