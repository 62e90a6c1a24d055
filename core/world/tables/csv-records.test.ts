import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordReader, splitRecord } from './csv-records.ts'

const dialect = { delimiter: ',', quote: '"', gzip: false }

test('records are the same however the text is cut into chunks', () => {
  const field = fc.stringMatching(/^[ab,"\n\r]{0,4}$/)
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(
      fc.array(fc.array(field, { minLength: 2, maxLength: 3 })),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.nat(7),
      (rows, end, size) => {
        const text = rows.map((row) => row.map(quoted).join(',') + end).join('')
        const reader = recordReader('"', ',')
        const records = []
        for (let at = 0; at < text.length; at += size + 1) records.push(...reader.take(text.slice(at, at + size + 1)))
        records.push(...reader.end())
        expect(records.map((record) => splitRecord(record.text, dialect))).toEqual(rows)
      },
    ),
  )
})

test('lines are physical ones: a quoted line end counts, a quote inside a value opens nothing', () => {
  const reader = recordReader('"', ',')
  const records = [...reader.take('a,b\n1,"x\ny"\n2,5" pipe\n3,"open'), ...reader.end()]
  expect(records.map(({ line, closed }) => [line, closed])).toEqual([
    [1, true],
    [2, true],
    [4, true],
    [5, false],
  ])
})

test('a quote that is never closed costs a look at each line, not at all before it, and is given out in pieces', () => {
  const reader = recordReader('"', ',')
  const lines = '22,some text here\n'.repeat(1_000_000)
  const records = [...reader.take(`a,b\n1,"x\n${lines}`), ...reader.end()]
  expect(records[1]).toMatchObject({ line: 2, closed: false })
  expect(Math.max(...records.map(({ text }) => text.length))).toBeLessThan(17_000_000)
})

test('a line that comes in many chunks is put together once', () => {
  const reader = recordReader('"', ',')
  const chunk = 'y'.repeat(1000)
  const records = Array.from({ length: 15_000 }, () => reader.take(chunk)).flat()
  expect([...records, ...reader.take('\nz\n')].map(({ text }) => text.length)).toEqual([15_000_000, 1])
})
