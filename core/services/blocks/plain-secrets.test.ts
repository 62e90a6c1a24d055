import { expect, test } from 'vitest'
import { customWebhookBlock } from '#core/blocks/custom-webhook/index.ts'
import { githubRepositoryBlock } from '#core/blocks/github-repository/index.ts'
import { httpEndpointBlock } from '#core/blocks/http-endpoint/index.ts'
import { opsgenieBlock } from '#core/blocks/opsgenie/index.ts'
import { postgresBlock } from '#core/blocks/postgres/index.ts'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { containing } from '#test/fixtures/containing.ts'
import { problemsOfSettings } from './check-block.ts'
import { blocksService } from './blocks.ts'
import { testWorld } from './world-suite.ts'

const types = [httpEndpointBlock, githubRepositoryBlock, postgresBlock, customWebhookBlock, opsgenieBlock]
const { blocks } = catalogueOf([], types)

const header = { Authorization: 'Bearer quern-stone' }

test.each([
  ['http-endpoint', { base_url: 'https://me:quern-stone@example.org' }, /“base_url”: .* fields of their own/],
  ['http-endpoint', { base_url: 'https://example.org?api_key=quern-stone' }, /“base_url”: .* with each request/],
  ['http-endpoint', { base_url: 'https://example.org', headers: header }, /Authorization: block:secret\/x/],
  ['custom-webhook', { headers: { Cookie: 'quern-stone' } }, /Cookie: block:secret\/x/],
  [
    'github-repository',
    { repository: 'https://me:quern-stone@github.com/me/flows' },
    /secret “token” \(--stdin token\)/,
  ],
  ['github-repository', { repository: 'https://quern-stone@github.com/me/flows' }, /secret “token” \(--stdin token\)/],
  ['github-repository', { repository: 'https://github.com/me/flows?access_token=quern-stone' }, /--stdin token/],
  ['postgres', { host: 'postgresql://root:quern-stone@localhost/ny', user: 'root' }, /secret “url” \(--stdin url\)/],
  ['postgres', { host: 'root:quern-stone@localhost', user: 'root' }, /secret “url” \(--stdin url\)/],
  ['postgres', { host: 'host=db password=quern-stone', user: 'root' }, /secret “url” \(--stdin url\)/],
  [
    'postgres',
    { host: 'db', user: 'root', options: { password: 'quern-stone' } },
    /secret “password” \(--stdin password\)/,
  ],
  ['opsgenie', { api: 'https://me:quern-stone@api.opsgenie.com' }, /secret “key” \(--stdin key\)/],
  ['opsgenie', { api: 'https://api.opsgenie.com?key=quern-stone' }, /secret “key” \(--stdin key\)/],
])('a password in a setting of %s that is shown is not saved, and not repeated (%#)', async (type, settings, says) => {
  const service = blocksService(testWorld({ catalogue: { blocks } }))
  const error: unknown = await service.create({ type, name: 'x', settings }).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ failure: { code: 'invalid', message: containing(says) } })
  expect(String(error)).not.toContain('quern')
  expect(await service.list()).toEqual([])
})

test('what is no secret is saved', () => {
  const fine = [
    [postgresBlock, { host: '/var/run/postgresql', user: 'root', options: { search_path: 'taxi' } }],
    [postgresBlock, { host: '::1', user: 'me@example.org' }],
    [httpEndpointBlock, { base_url: 'http://localhost:8080/@scope', headers: { 'X-Team': 'data' } }],
    [httpEndpointBlock, { base_url: 'https://example.org', headers: { Authorization: 'block:secret/token' } }],
    [githubRepositoryBlock, { repository: 'me/flows' }],
    [opsgenieBlock, { api: 'https://api.eu.opsgenie.com' }],
  ] as const
  expect(fine.flatMap(([type, settings]) => problemsOfSettings(type, settings))).toEqual([])
})
