import { expect, test } from 'vitest'
import { z } from 'zod'
import { settingIssues } from './setting-issues.ts'

const checks = z.object({
  rules: z.array(
    z.discriminatedUnion('rule', [
      z.strictObject({ rule: z.literal('rows'), exactly: z.number() }),
      z.strictObject({ rule: z.literal('in_set'), column: z.string() }),
    ]),
  ),
})

const told = (config: z.ZodType, settings: Parameters<typeof settingIssues>[1]) => {
  const { error } = config.safeParse(settings)
  return settingIssues(error?.issues ?? [], settings).map(({ path, message, remedy }) => ({
    path: path.join('.'),
    message,
    remedy: typeof remedy === 'function' ? remedy() : remedy,
  }))
}

test('a rule that there is not is told with those there are, and the one that was meant', () => {
  expect(told(checks, { rules: [{ rule: 'in_sett', column: 'a' }] })).toEqual([
    {
      path: 'rules.0.rule',
      message: '“rules[0].rule” takes rows, in_set, not "in_sett".',
      remedy: 'Did you mean “in_set”?',
    },
  ])
})

test('a rule that says nothing of what it checks is missing its name', () => {
  expect(told(checks, { rules: [{ column: 'a' }] })).toMatchObject([
    { path: 'rules.0.rule', message: 'The setting “rules[0].rule” is missing.' },
  ])
})

test('a value that fits none of several kinds is told with these', () => {
  const config = z.object({ bound: z.union([z.number(), z.boolean()]) })
  expect(told(config, { bound: 'much' })).toMatchObject([
    { message: '“bound” takes a number or true or false, not "much".' },
  ])
})
