import { expect, test } from 'vitest'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { httpDownload } from '#core/tasks/http-download/index.ts'
import { httpRequest } from '#core/tasks/http-request/index.ts'
import { readFlow } from './read-flow.ts'

const catalogue = catalogueOf([httpRequest, httpDownload], [])

const problemsOf = (type: string, settings: object) => {
  const parameters = { key: { type: 'string', default: 'x' } }
  const text = JSON.stringify({ millrace: 1, name: 'calls', parameters, tasks: { call: { type, with: settings } } })
  return readFlow(text, { catalogue }).problems
}

test.each([
  ['http.request', { url: 'https://me:quern-stone@example.org/x' }, ['url']],
  ['http.download', { url: 'https://quern-stone@example.org/x' }, ['url']],
  [
    'http.request',
    { url: 'https://example.org', headers: { Authorization: 'Bearer quern-stone' } },
    ['headers', 'Authorization'],
  ],
  ['http.download', { url: 'https://example.org', headers: { cookie: 's=quern-stone' } }, ['headers', 'cookie']],
])('what signs in is a warning where it is written in a flow (%s, %#)', (type, settings, path) => {
  const problems = problemsOf(type, settings)
  expect(problems).toMatchObject([
    { code: 'plain-secret', severity: 'warning', path: ['tasks', 'call', 'with', ...path] },
  ])
  expect(JSON.stringify(problems)).not.toContain('quern')
  expect(problems[0]?.remedy).toContain('http-endpoint')
})

test.each([
  ['http.request', { url: 'https://{{ key }}:{{ key }}@example.org' }],
  ['http.request', { url: 'https://example.org', headers: { Authorization: 'Bearer {{ key }}', 'X-Day': '1' } }],
  ['http.request', { url: 'https://example.org/a@b', headers: { 'X-Team': 'data' } }],
  ['http.download', { url: '../samples/zones@2020.csv' }],
])('expressions and what is no secret are fine (%s, %#)', (type, settings) => {
  expect(problemsOf(type, settings)).toEqual([])
})
