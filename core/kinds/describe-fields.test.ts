import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeFields } from './describe-fields.ts'
import { field } from './field.ts'

const config = z.object({
  where: field.sql({ title: 'Condition', help: 'For example a > 1.', key: true }),
  mode: field.choice(['append', 'replace'], { title: 'Mode' }).default('append'),
  limit: field.integer({ title: 'Limit' }).min(1).optional(),
  note: field.text({ title: 'Note' }).nullable(),
  storage: field.block({ title: 'Storage', blocks: ['storage'] }).optional(),
  columns: field.list(
    z.object({ name: field.text({ title: 'Name' }), from: field.sql({ title: 'From' }).optional() }),
    {
      title: 'Columns',
    },
  ),
  rules: z.array(
    z.discriminatedUnion('rule', [
      z.object({ rule: z.literal('unique'), columns: z.array(z.string()) }),
      z.object({ rule: z.literal('holds'), where: field.sql({ title: 'Condition' }) }),
    ]),
  ),
  any: field.json({ title: 'Anything' }).optional(),
  plain_number: z.number(),
})

const fields = new Map(describeFields(config).map((described) => [described.name, described]))

test('fields come in the order they were defined', () => {
  expect([...fields.keys()]).toEqual(Object.keys(config.shape))
})

test('wrappers do not hide what a field says of itself', () => {
  const about = (name: string) => {
    const { widget, title, required } = fields.get(name) ?? {}
    return { widget, title, required }
  }
  expect(about('where')).toEqual({ widget: 'sql', title: 'Condition', required: true })
  expect(about('mode')).toEqual({ widget: 'choice', title: 'Mode', required: false })
  expect(about('limit')).toEqual({ widget: 'number', title: 'Limit', required: false })
  expect(about('note')).toEqual({ widget: 'text', title: 'Note', required: true })
  expect(about('any')).toEqual({ widget: 'json', title: 'Anything', required: false })
  expect(about('plain_number')).toEqual({ widget: 'number', title: 'Plain number', required: true })
  expect(fields.get('where')).toMatchObject({ help: 'For example a > 1.', key: true })
  expect(fields.get('mode')).toMatchObject({ default: 'append', choices: ['append', 'replace'] })
  expect(fields.get('storage')?.blocks).toEqual(['storage'])
})

test('fields within lists and choices are described too', () => {
  const columns = fields.get('columns')?.item?.fields
  expect(columns?.map(({ name, widget, required }) => [name, widget, required])).toEqual([
    ['name', 'text', true],
    ['from', 'sql', false],
  ])
  const rules = fields.get('rules')?.item?.fields
  expect(rules?.map(({ name, widget }) => [name, widget])).toEqual([
    ['rule', 'choice'],
    ['columns', 'list'],
    ['where', 'sql'],
  ])
  expect(rules?.[0]?.choices).toEqual(['unique', 'holds'])
})
