import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { EditOperation } from '#core/model/flow-edit.ts'
import { applyEdit } from './apply-edit.ts'
import { groupsOf, planGroup } from './group-operations.ts'
import { openFlowText } from './sharing.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))

const count = 12
const ids = Array.from({ length: count }, (_, index) => `t${index}`)

/** One task, in the ways people write it: each waits for some of those before it. */
const taskText = (index: number, style: number): string => {
  const before = ids.slice(0, index)
  const wire = before.at(-1 - (style % 3)) ?? before.at(-1)
  const lists = `[${before.slice(-2).join(', ')}]`
  const comment = style % 4 === 0 ? `  # about t${index}\n` : ''
  const gap = style % 5 === 0 ? '\n' : ''
  if (style % 7 === 0)
    return `${comment}  t${index}: { type: a.b${wire ? `, inputs: { table: ${wire}.table }` : ''}${index > 1 ? `, after: ${lists}` : ''} } # ${index}\n${gap}`
  const inputs = wire
    ? `    inputs: { table: ${wire}.table, more: [${before.map((id) => `${id}.file`).join(', ')}] }\n`
    : ''
  const after =
    index > 1 && style % 2 === 0
      ? `    after:\n${before
          .slice(-2)
          .map((id) => `      - ${id} # it\n`)
          .join('')}`
      : ''
  return `${comment}  t${index}:\n    type: a.b\n${inputs}${after}    with:\n      x: |\n        one\n        two ${index}\n${gap}`
}

const flowText = (styles: readonly number[], layoutInBlock: boolean): string => {
  const tasks = ids.map((_, index) => taskText(index, styles[index] ?? 0)).join('')
  const layout = layoutInBlock
    ? `layout:\n${ids.map((id, index) => `  ${id}: [${index}, 0]\n`).join('')}`
    : `layout: { ${ids.map((id, index) => `${id}: [${index}, 0]`).join(', ')} }\n`
  return `millrace: 1\nname: grouped\ntasks:\n${tasks}${layout}`
}

const oneByOne = (text: string, operations: readonly EditOperation[]): string =>
  operations.reduce((now, operation) => applyEdit(now, operation).text, text)

const flows = fc
  .tuple(fc.array(fc.nat(40), { minLength: count, maxLength: count }), fc.boolean())
  .map(([styles, layoutInBlock]) => flowText(styles, layoutInBlock))
const chosen = fc.subarray(ids, { minLength: 2, maxLength: count - 1 })

const expectAgreement = (operationsOf: (chosen: readonly string[]) => readonly EditOperation[]): void =>
  fc.assert(
    fc.property(flows, chosen, (text, some) => {
      const operations = operationsOf(some)
      expect(groupsOf(operations)).toHaveLength(1)
      expect(planGroup(openFlowText(text), operations)).not.toBeNull()
      const together = applyEdit(text, { kind: 'batch', operations })
      expect(together.text).toBe(oneByOne(text, operations))
      expect(applyEdit(together.text, together.inverse).text).toBe(text)
    }),
    { seed, numRuns: Number(process.env['RUNS'] ?? 25) },
  )

test(`tasks that are deleted together leave what they leave one by one (seed ${seed})`, () =>
  expectAgreement((some) => some.map((task) => ({ kind: 'remove-task', task }))))

test(`tasks that are set together say what they say one by one (seed ${seed})`, () =>
  expectAgreement((some) => some.map((task) => ({ kind: 'set', path: ['tasks', task, 'disabled'], value: true }))))

test(`tasks that lose a setting together lose it as one by one (seed ${seed})`, () =>
  expectAgreement((some) => some.map((task) => ({ kind: 'remove', path: ['tasks', task, 'type'] }))))

test(`tasks that are added together come as they come one by one (seed ${seed})`, () =>
  expectAgreement((some) =>
    some.map((task, index) => ({
      kind: 'add-task',
      task: `new_${task}`,
      definition: { type: 'a.b', inputs: { table: `${task}.table` } },
      position: [index, 8],
    })),
  ))

test('all tasks at once leave an empty flow', () => {
  const text = flowText([], true)
  const operations = ids.map((task): EditOperation => ({ kind: 'remove-task', task }))
  expect(parse(applyEdit(text, { kind: 'batch', operations }).text)).toEqual({
    millrace: 1,
    name: 'grouped',
    tasks: {},
    layout: {},
  })
})

test('where values are shared, and where one task is changed twice, it is done one by one', () => {
  const text = 'tasks:\n  a: &a { type: x.y }\n  b: *a\n  c: { type: x.y, with: { n: 1 } }\n'
  const disable = (task: string): EditOperation => ({ kind: 'set', path: ['tasks', task, 'disabled'], value: true })
  const operations = [disable('a'), disable('b'), disable('c')]
  expect(planGroup(openFlowText(text), operations)).toBeNull()
  expect(parse(applyEdit(text, { kind: 'batch', operations }).text)).toEqual({
    tasks: {
      a: { type: 'x.y', disabled: true },
      b: { type: 'x.y', disabled: true },
      c: { type: 'x.y', with: { n: 1 }, disabled: true },
    },
  })
  expect(groupsOf([disable('a'), disable('c'), disable('a')])).toHaveLength(2)
  expect(() =>
    applyEdit(text, { kind: 'batch', operations: [disable('c'), { kind: 'remove-task', task: 'z' }] }),
  ).toThrow('z')
})

test('five hundred of a thousand tasks are deleted in about the time of reading the text', () => {
  const tasks = Array.from({ length: 1000 }, (_, index) => {
    const wire = index === 0 ? '' : `    inputs: { table: t${index - 1}.table }\n`
    return `  t${index}:\n    type: a.b\n${wire}    with: { where: n > ${index} } # why\n`
  })
  const text = `tasks:\n${tasks.join('')}`
  const operations = Array.from({ length: 500 }, (_, index): EditOperation => ({
    kind: 'remove-task',
    task: `t${index * 2}`,
  }))
  const timed = (work: () => unknown) => {
    const begun = performance.now()
    work()
    return performance.now() - begun
  }
  const reading = Math.min(...[1, 2, 3].map(() => timed(() => openFlowText(text))))
  const deleting = Math.min(...[1, 2, 3].map(() => timed(() => applyEdit(text, { kind: 'batch', operations }))))
  expect(deleting).toBeLessThan(reading * 4)
})
