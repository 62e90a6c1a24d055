import { expect, test } from 'vitest'
import type { Splice } from '#core/model/flow-edit.ts'
import type { Step } from './flow.ts'
import { stepsAfter } from './steps-after.ts'

const step = (label: string, ...splices: readonly Splice[]): Step => ({ label, operation: { kind: 'splice', splices } })

const applied = (text: string, { operation }: Step): string => {
  const splices = operation.kind === 'splice' ? operation.splices : []
  return splices.toReversed().reduce((now, { at, remove, insert }) => {
    expect(now.slice(at, at + remove.length)).toBe(remove)
    return now.slice(0, at) + insert + now.slice(at + remove.length)
  }, text)
}

const text = '# a note\nname: rides\ntasks: { a: 1, b: 2 }\n'
const renamed = text.replace('rides', 'taxi_rides')

/** The last is the first to be taken back. */
const history = (): readonly Step[] => {
  const one = text.replace('# a note\n', '').replace('2', '33')
  return [
    step('Second', { at: one.indexOf('33'), remove: '33', insert: '4' }),
    step('First', { at: 0, remove: '# a note\n', insert: '' }, { at: text.indexOf('2'), remove: '2', insert: '33' }),
  ]
}

const takenBack = (from: string, steps: readonly Step[]): string =>
  steps.reduceRight((now, one) => applied(now, one), from)

test('what is taken back after a rename is what would have been before it, and the new name stays', () => {
  const steps = stepsAfter(history(), text, renamed)
  expect(steps.map(({ label }) => label)).toEqual(['Second', 'First'])
  expect(takenBack(renamed, steps)).toBe(takenBack(text, history()).replace('rides', 'taxi_rides'))
})

test('a shorter name, or one that only begins the same, moves them as well', () => {
  for (const name of ['r', 'rides_2', 'strides'])
    expect(takenBack(text.replace('rides', name), stepsAfter(history(), text, text.replace('rides', name)))).toBe(
      takenBack(text, history()).replace('rides', name),
    )
})

test('a step that changed the name itself, and those before it, are left out', () => {
  const old = step('Rename the flow', { at: text.indexOf('rides'), remove: 'rides', insert: 'trips' })
  const later = step('Later', { at: text.indexOf('1'), remove: '1', insert: '0' })
  const earlier = step('Earlier', { at: 0, remove: '# a note', insert: '' })
  expect(stepsAfter([earlier, old, later], text, renamed).map(({ label }) => label)).toEqual(['Later'])
})
