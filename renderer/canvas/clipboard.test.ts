import { beforeEach, expect, test } from 'vitest'
import type { DraftEdit, FlowDraft } from '#core/model/flow-draft.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { closeFlow, useFlow } from '#renderer/stores/flow.ts'
import { outlineOf } from '#renderer/stores/outline.ts'
import { selectTasks, useSelection } from '#renderer/stores/selection.ts'
import { paste } from './clipboard.ts'

const valueWith = (tasks: readonly string[]) => ({
  millrace: 1,
  name: 'drawn',
  tasks: Object.fromEntries(tasks.map((id) => [id, { type: 'table.read' }])),
})

const draft: FlowDraft = {
  file: '/drawn.yaml',
  library: null,
  revision: 1,
  text: '',
  content: { value: valueWith(['read', 'clean']), problems: [] },
  savedAt: 0,
}

/** An engine that answers a paste when it is told to. */
const slowEngine = () => {
  const answers: (() => void)[] = []
  const tasks = ['read', 'clean']
  const pasteTasks = () =>
    new Promise<DraftEdit>((resolve) =>
      answers.push(() => {
        tasks.push(`clean_${tasks.length}`)
        const splice = { at: 0, remove: '', insert: '#' }
        resolve({
          file: draft.file,
          revision: tasks.length,
          splices: [splice],
          inverse: { kind: 'splice', splices: [] },
          content: { value: valueWith(tasks), problems: [] },
          savedAt: 0,
        })
      }),
    )
  const client = { flows: { open: () => Promise.resolve(draft), pasteTasks } }
  const engine = { client, ask: <T>(call: (one: typeof client) => Promise<T>) => call(client) } as unknown as Engine
  const answer = async () => {
    await expect.poll(() => answers.length).toBeGreaterThan(0)
    answers.shift()?.()
  }
  return { engine, answer }
}

const selected = () => useSelection.getState().tasks

beforeEach(() => {
  closeFlow()
  useFlow.setState({ draft, outline: outlineOf(draft.content.value) })
  selectTasks(['clean'])
})

test('what was pasted is selected, and what a paste brings that was under way meanwhile', async () => {
  const { engine, answer } = slowEngine()
  const [first, second] = [paste(engine, 'a'), paste(engine, 'a')]
  await answer()
  await first
  expect(selected()).toEqual(['clean_2'])
  await answer()
  await second
  expect(selected()).toContain('clean_3')
})

test('what somebody has chosen while a paste was under way stays chosen', async () => {
  const { engine, answer } = slowEngine()
  const pasting = paste(engine, 'a')
  selectTasks(['read'])
  await answer()
  await pasting
  expect(selected()).toEqual(['read'])
})
