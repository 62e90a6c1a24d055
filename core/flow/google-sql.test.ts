import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokensOf } from '#test/fakes/bigquery/tokens.ts'
import { compileTemplate } from './templates.ts'

/** What GoogleSQL reads; null where a text is not closed. */
const read = (sql: string) => {
  try {
    return tokensOf(sql).filter(({ kind }) => kind !== 'space')
  } catch {
    return null
  }
}

const evaluated = (text: string, scope: object): string | null => {
  const compiled = compileTemplate(text, 'googlesql')
  const value = compiled.ok ? compiled.template.evaluate(scope) : null
  return typeof value === 'string' ? value : null
}

const text = fc.string({
  unit: fc.constantFrom('a', "'", '"', '`', '\\', '\n', '\r', ';', '-', '#', '/', '*', 'ä', '😀', ' ', 'x41', 'n'),
})

test('a text of any content stays one text in GoogleSQL', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(read(evaluated('SELECT {{ value }} AS x', { value }) ?? '')?.[1]).toEqual({ kind: 'text', text: value })
    }),
  )
})

const piece = fc.constantFrom(
  "'",
  '"',
  '`',
  '\\',
  "'''",
  '"""',
  '--',
  '#',
  '/*',
  '*/',
  '\n',
  ' ',
  'r',
  'a',
  'b',
  "it\\'s",
  ',',
)

test('wherever an expression is allowed, its value stays one text and what stands before it is read as before', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), text, (before, value) => {
      const prefix = `${before.join('')} `
      const sql = evaluated(`${prefix}{{ value }}`, { value })
      const found = sql === null ? null : read(sql)
      // Refused here, or by BigQuery.
      if (found === null) return
      expect(found).toEqual([...(read(prefix) ?? ['the text before is not closed']), { kind: 'text', text: value }])
    }),
    { numRuns: 3000, examples: [[["'''", '\\', "'", "'''"], "'"]] },
  )
})

test('names are in backticks, lists in brackets, and none of a list is no row', () => {
  expect(evaluated('{{ name | identifier }}', { name: 'a`b\\' })).toBe('`a\\`b\\\\`')
  expect(evaluated('x IN {{ list }}', { list: ["it's", 2, null, true] })).toBe("x IN ('it\\'s', 2, NULL, TRUE)")
  expect(evaluated('x IN {{ list }}', { list: [] })).toBe('x IN UNNEST([])')
  expect(evaluated('{{ object }}', { object: { a: "'" } })).toBe('\'{\\"a\\":\\"\\\'\\"}\'')
})

test('an expression inside of quotes of any kind is refused', () => {
  for (const sql of ["'it\\'s {{ x }}'", `"""it's {{ x }}"""`, '`{{ x }}`', "# it's {{ x }}", "r'\\' {{ x }}'"])
    expect(compileTemplate(sql, 'googlesql')).toMatchObject({ ok: false, mistake: { code: 'quoted-expression' } })
})
