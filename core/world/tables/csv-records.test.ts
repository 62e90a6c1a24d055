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
