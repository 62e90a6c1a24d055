import { expect, test } from 'vitest'
import { catalogue } from '#core/catalogue.ts'
import { blocksService } from './blocks.ts'
import { testWorld } from './world-suite.ts'

test.each([
  ['postgres', { host: 'localhost', user: 'root' }, null],
  ['postgres', { schema: 'public' }, 'URL must still be set.'],
  ['gcp-credentials', {}, 'Service account key must still be set.'],
  ['gcp-credentials', { source: 'application-default' }, null],
  ['http-endpoint', { base_url: 'https://example.org', auth: 'bearer' }, 'Token must still be set.'],
  ['http-endpoint', { base_url: 'https://example.org' }, null],
  ['secret', {}, 'Value must still be set.'],
])('a block of type %s with %j: %s', async (type, settings, problem) => {
  const blocks = blocksService(testWorld({ catalogue }))
  const made = await blocks.create({ type, name: 'x', settings })
  expect(made.problem).toBe(problem)
  const { missing } = await blocksService(testWorld({ catalogue })).importYaml(await blocks.exportYaml([]))
  expect(missing.map(({ title }) => `${title} must still be set.`)).toEqual(problem === null ? [] : [problem])
})
