import fc from 'fast-check'
import { runIfs, type FlowDocument, type TaskDocument } from '#core/model/flow-document.ts'
import type { Preparation } from '#core/model/run-event.ts'
import type { PrepareMember } from '../ports.ts'
import { flow, task } from './flows.ts'

/** What the world answers when it prepares a task. */
export type Answer = 'run' | 'cached' | 'skip' | 'failed'

export type Scenario = {
  readonly document: FlowDocument
  readonly answers: ReadonlyMap<string, { readonly answer: Answer; readonly later: boolean }>
  /** How tries end: 0 to 9, see fateOf. */
  readonly fates: readonly number[]
  readonly slowDisk: boolean
  readonly limits: { readonly process: number; readonly x: number | null }
  readonly steps: readonly Step[]
}

export const stepKinds = [
  'end', 'end', 'end', 'end', 'end', 'time', 'time', 'answer', 'answer', 'repeat', 'cancel', 'cancel-task', 'pause', 'unpause', 'hold', 'release',
  'die', 'full', 'resume', 'limit',
] as const // prettier-ignore
export type Step = { readonly kind: (typeof stepKinds)[number]; readonly pick: number; readonly after: number }

const edge = fc.record({
  to: fc.nat(20),
  how: fc.constantFrom('input', 'input', 'input', 'files', 'after', 'mention'),
})

const shape = fc.record({
  edges: fc.array(edge, { maxLength: 3 }),
  runIf: fc.constantFrom('all_succeeded', 'all_succeeded', 'all_succeeded', ...runIfs),
  tables: fc.constantFrom('none', 'lazy', 'lazy', 'reads'),
  runs: fc.constantFrom('worker', 'worker', 'worker', 'inline'),
  mapped: fc.constantFrom('no', 'no', 'no', 'items', 'like'),
  items: fc.nat(4),
  concurrency: fc.constantFrom(null, 1, 2),
  retries: fc.nat(2),
  timeout: fc.constantFrom(null, null, 40),
  tagged: fc.boolean(),
  allowFailure: fc.constantFrom(false, false, false, true),
  disabled: fc.constantFrom(false, false, false, false, true),
  optional: fc.boolean(),
  answer: fc.constantFrom('run', 'run', 'run', 'run', 'run', 'cached', 'skip', 'failed'),
  later: fc.constantFrom(false, false, true),
} as const)

type Shape = typeof shape extends fc.Arbitrary<infer S> ? S : never

/** The nearest mapped task among those it takes from. */
const likeOf = (one: Shape, earlier: readonly TaskDocument[]) => {
  if (one.mapped !== 'like') return null
  const found = one.edges.map(({ to }) => earlier[to % Math.max(1, earlier.length)]).find((above) => above?.forEach)
  return found ? ({ kind: 'like', task: found.id } as const) : null
}

const taskOf = (id: string, one: Shape, earlier: readonly TaskDocument[]): TaskDocument => {
  const inputs: Record<string, { task: string; output: string }[]> = {}
  const [after, mentions]: [string[], string[]] = [[], []]
  for (const { to, how } of one.edges) {
    const target = earlier[to % Math.max(1, earlier.length)]
    if (!target) continue
    const reference = { task: target.id, output: 'out' }
    if (how === 'after') after.push(target.id)
    else if (how === 'mention') mentions.push(target.id)
    else if (how === 'files' || target.forEach) inputs['files'] = [...(inputs['files'] ?? []), reference]
    else inputs[inputs['in'] ? 'other' : 'in'] = [reference]
  }
  const forEach =
    one.mapped === 'items'
      ? ({ kind: 'items', items: Array.from({ length: one.items }, (_, item) => item) } as const)
      : likeOf(one, earlier)
  const { runIf, concurrency, retries, timeout, allowFailure, disabled } = one
  const traits = { tables: one.tables, runs: one.runs, optional: one.optional ? ['in', 'files'] : [] }
  const tags = one.tagged ? ['x'] : []
  return task(id, {
    inputs,
    after,
    mentions,
    forEach,
    runIf,
    concurrency,
    retries,
    timeout,
    allowFailure,
    disabled,
    tags,
    traits,
  })
}

const step = fc.record({ kind: fc.constantFrom(...stepKinds), pick: fc.nat(1000), after: fc.nat(30) })

/** Two tasks each, one after the other, or none. */
const hooksOf = (shapes: readonly Shape[]) => {
  const hook = (name: string, position: number): TaskDocument[] => {
    const one = shapes[position]
    if (!one?.tagged) return []
    const plain: Shape = { ...one, edges: [], mapped: 'no', runIf: 'all_succeeded' }
    return [taskOf(`${name}-1`, plain, []), { ...taskOf(`${name}-2`, plain, []), after: [`${name}-1`] }]
  }
  return {
    on_failure: hook('failure', 0),
    on_completion: hook('completion', 1),
    on_cancellation: hook('cancellation', 2),
  }
}

export type Disturbances = 'none' | 'all'

export const scenario = (disturbances: Disturbances): fc.Arbitrary<Scenario> =>
  fc
    .record({
      shapes: fc.array(shape, { minLength: 1, maxLength: 9 }),
      hooks: fc.array(shape, { minLength: 3, maxLength: 3 }),
      concurrency: fc.constantFrom(null, null, 1, 2),
      retries: fc.constantFrom(0, 0, 1),
      timeout: fc.constantFrom(null, null, null, 150),
      fates: fc.array(fc.nat(9), { minLength: 1, maxLength: 30 }),
      slowDisk: fc.boolean(),
      limits: fc.record({ process: fc.integer({ min: 1, max: 4 }), x: fc.constantFrom(null, 1, 2) }),
      steps: fc.array(step, { maxLength: disturbances === 'all' ? 60 : 0 }),
    })
    .map(({ shapes, hooks, fates, slowDisk, limits, steps, concurrency, retries, timeout }) => {
      const tasks: TaskDocument[] = []
      const answers = new Map<string, { answer: Answer; later: boolean }>()
      for (const [position, one] of shapes.entries()) {
        tasks.push(taskOf(`t${position}`, one, tasks))
        answers.set(`t${position}`, { answer: one.answer, later: one.later })
      }
      const rest = disturbances === 'all' ? { retries, timeout } : {}
      const document = flow(tasks, { concurrency, hooks: hooksOf(hooks), ...rest })
      return { document, answers, fates, slowDisk, limits, steps }
    })

const out = { out: { kind: 'value', value: 1 } } as const

export const answerTo = (
  { answers }: Scenario,
  { task: { id, forEach, disabled }, item }: PrepareMember,
): Preparation => {
  if (disabled) return { kind: 'pass', outputs: out }
  if (forEach && item === null)
    return { kind: 'map', items: forEach.kind === 'items' && Array.isArray(forEach.items) ? forEach.items : [] }
  switch (answers.get(id)?.answer ?? 'run') {
    case 'run':
      return { kind: 'run', settings: null, limits: [], cache: null }
    case 'cached':
      return {
        kind: 'cached',
        settings: null,
        outputs: out,
        cache: { key: 'k', parts: {}, outcome: 'hit', from: null },
      }
    case 'skip':
      return { kind: 'skip', reason: 'Because' }
    default:
      return { kind: 'failed', failure: { code: 'invalid', message: 'Wrong', retryable: false } }
  }
}

/** The same for the same try of the same task run, whenever it is. */
export const fateOf = ({ fates }: Scenario, taskRun: string, attempt: number): 'done' | 'failed' | 'crashed' => {
  let hash = attempt
  for (const character of taskRun) hash = (hash * 31 + character.charCodeAt(0)) % 9973
  const fate = fates[hash % fates.length] ?? 0
  return fate < 6 ? 'done' : fate < 8 ? 'failed' : 'crashed'
}
