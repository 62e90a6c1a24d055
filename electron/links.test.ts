import { expect, test } from 'vitest'
import { judgeLink, linkOpener } from './links.ts'

test.each([
  'https://duckdb.org/docs/sql',
  'https://www.postgresql.org/docs/current/',
  'https://console.cloud.google.com/bigquery?project=p',
])('%s opens outside', (address) => {
  expect(judgeLink(address)).toBe('opens')
})

test.each([
  'http://duckdb.org/',
  'https://duckdb.org.example.org/',
  'https://evil-github.com/',
  'https://github.com:8443/',
  'http://localhost:8080/report?day=1',
])('%s opens only when a person says so', (address) => {
  expect(judgeLink(address)).toBe('asks')
})

test.each([
  'https://user@github.com/',
  'https://github.com@example.org/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://github.com/share',
  'millrace://flows/x',
  'github.com',
  `https://example.org/${'x'.repeat(2000)}`,
  '',
])('%j opens nothing', (address) => {
  expect(judgeLink(address)).toBe('nothing')
})

test('a page of elsewhere opens after a yes, and while a question is open there is no other', async () => {
  const did: string[] = []
  const answers: ((yes: boolean) => void)[] = []
  const follow = linkOpener({
    open: (address) => Promise.resolve(void did.push(`open ${address}`)),
    ask: ({ href }) => {
      did.push(`ask ${href}`)
      return new Promise((resolve) => answers.push(resolve))
    },
  })
  const first = follow('https://example.org/a b')
  await follow('https://example.org/other')
  answers[0]?.(true)
  await first
  const second = follow('https://example.org/no')
  answers[1]?.(false)
  await second
  expect(did).toEqual(['ask https://example.org/a%20b', 'open https://example.org/a%20b', 'ask https://example.org/no'])
})
