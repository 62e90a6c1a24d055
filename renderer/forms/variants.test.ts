import { expect, test } from 'vitest'
import type { FieldDescription } from '#core/model/field-description.ts'
import { chooseVariant, fieldsFor, firstValue, variantField } from './variants.ts'

const plain = (name: string, rest: Partial<FieldDescription> = {}): FieldDescription => ({
  widget: 'text',
  name,
  title: name,
  required: false,
  schema: {},
  ...rest,
})

const rule = plain('', {
  widget: 'map',
  fields: [
    plain('rule', { widget: 'choice', choices: ['rows', 'range'] }),
    plain('at_least', { widget: 'number' }),
    plain('column'),
    plain('severity'),
  ],
  schema: {
    oneOf: [
      { properties: { rule: { const: 'rows' }, at_least: {}, severity: {} }, required: ['rule'] },
      { properties: { rule: { const: 'range' }, column: {}, severity: {} }, required: ['rule', 'column'] },
    ],
  },
})

test('the field that tells the kinds of object apart is found', () => {
  expect(variantField(rule)?.name).toBe('rule')
  expect(variantField(plain('x', { fields: [plain('a')] }))).toBeNull()
})

test('only the fields of the chosen kind are shown, with what that kind requires', () => {
  expect(fieldsFor(rule, { rule: 'rows' }).map(({ name }) => name)).toEqual(['rule', 'at_least', 'severity'])
  expect(fieldsFor(rule, { rule: 'range' }).find(({ name }) => name === 'column')?.required).toBe(true)
  expect(fieldsFor(rule, {}).map(({ name }) => name)).toEqual(['rule'])
})

test('another kind keeps what both have', () => {
  expect(chooseVariant(rule, ['r', 0], { rule: 'rows', at_least: 1, severity: 'warn' }, 'range')).toEqual({
    kind: 'batch',
    operations: [
      { kind: 'set', path: ['r', 0, 'rule'], value: 'range' },
      { kind: 'remove', path: ['r', 0, 'at_least'] },
    ],
  })
})

test('a new item begins with its kind, or as what is typed', () => {
  expect(firstValue(rule)).toEqual({ rule: 'rows' })
  expect(firstValue(plain(''))).toBeNull()
})
