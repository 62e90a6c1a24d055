import { expect, test } from 'vitest'
import { isAllowedLink } from './links.ts'

test.each([
  'https://duckdb.org/docs/sql',
  'https://www.postgresql.org/docs/current/',
  'https://console.cloud.google.com/bigquery?project=p',
])('%s opens outside', (address) => {
  expect(isAllowedLink(address)).toBe(true)
})

test.each([
  'http://duckdb.org/',
  'https://duckdb.org.example.org/',
  'https://evil-github.com/',
  'https://user@github.com/',
  'https://github.com:8443/',
  'https://github.com@example.org/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://github.com/share',
  'github.com',
  '',
])('%j opens nothing', (address) => {
  expect(isAllowedLink(address)).toBe(false)
})
