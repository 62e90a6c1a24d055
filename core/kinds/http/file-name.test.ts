import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameByContent, nameOfDisposition, nameOfUrl, safeFileName } from './file-name.ts'

test.each([
  ['attachment; filename="trips 2020.csv"', 'trips 2020.csv'],
  ['attachment; filename=trips.csv; size=1', 'trips.csv'],
  [`attachment; filename="x.csv"; filename*=UTF-8''caf%C3%A9%20trips.csv`, 'café trips.csv'],
  [`attachment; filename*=iso-8859-1'en'caf%E9.csv`, 'café.csv'],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ['attachment; filename="C:\\\\temp\\\\x.csv"', 'x.csv'],
  ['attachment; filename=".bashrc"', 'bashrc'],
  [Buffer.from('attachment; filename="zürich.csv"').toString('latin1'), 'zürich.csv'],
  ['inline', null],
  ['attachment; filename=""', null],
])('%s names %j', (header, name) => {
  expect(nameOfDisposition(header)).toBe(name)
})

test.each([
  ['https://example.org/a/green%20trips.csv.gz?x=1#y', 'green trips.csv.gz'],
  ['https://example.org/', null],
  ['https://example.org/a%2Fb%2F..', null],
  ['https://example.org/%E0%A4%A', '%E0%A4%A'],
  ['https://example.org/con.txt', '_con.txt'],
])('the URL %s names %j', (url, name) => {
  expect(nameOfUrl(new URL(url))).toBe(name)
})

test('no name leaves its folder, hides, or is too long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const name = safeFileName(`${text}.csv.gz`)
      expect(name).not.toMatch(/[/\\\0]|^\./)
      expect(Buffer.byteLength(name ?? '')).toBeLessThanOrEqual(180)
      expect(safeFileName(name ?? '')).toBe(name)
    }),
  )
  expect(safeFileName(`${'x'.repeat(300)}.csv.gz`)).toMatch(/^x+\.csv\.gz$/)
})

test('a name ends as its content is', () => {
  expect(nameByContent('trips.csv', true)).toBe('trips.csv.gz')
  expect(nameByContent('trips.csv.gz', true)).toBe('trips.csv.gz')
  expect(nameByContent('trips.csv.gz', false)).toBe('trips.csv')
  expect(nameByContent('trips.tgz', false)).toBe('trips.tar')
})
