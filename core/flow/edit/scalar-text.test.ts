import { expect, test } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { applyEdit } from './apply-edit.ts'

const set = (text: string, path: (string | number)[], value: string | number | string[]) =>
  applyEdit(text, { kind: 'set', path, value }).text

const words = 'yes no on off y True null ~ a it\'s say"x" 2020-01-31 ünï 日本語 😀 back\\slash http://x.y/z?a=b#c'
const numbers = '0x10 0o7 0b1 1e3 1_000 12 -.5 +1 .inf -.INF .nan 1:30 012'
const signs = '<< = - -a a: a:b :a a#b *star &and !bang | > %x @x `x` [a a] {a a} --- ... ...a'
const spaced = [
  '',
  ' ',
  'plain words',
  `both ' and "`,
  '- a',
  '? a',
  ': a',
  'a: b',
  '# x',
  'a # b',
  ' led',
  'trailing ',
]
const special = [
  'a, b',
  '{{ color }}',
  '--- a',
  'tab\there',
  '\tled',
  'nul\0',
  '\u0085',
  '\u2028',
  '\uFEFFx',
  '\uD800',
  'x\uDFFF',
]
const lines = [
  'two\nlines',
  'two\nlines\n',
  'three\n\nlines',
  '\nled',
  '\n',
  '\n\n',
  'ends\n\n',
  '\r',
  'a\r\nb',
  '# a\n# b',
]
const odd = ['  indented\nthen not', '\ttab\nline', 'a\n  b\n c', 'a \nb ', 'x\n \ny', ' \nx']
const values = [...`${words} ${numbers} ${signs}`.split(' '), ...spaced, ...special, ...lines, ...odd]

const places: Record<string, [string, (string | number)[]]> = {
  'after a plain one': ['a: old\nb: 1\n', ['a']],
  'after a single-quoted one': ["a: 'old'\nb: 1\n", ['a']],
  'after a double-quoted one, with Windows line ends': ['a: "old" # c\r\nb: 1\r\n', ['a']],
  'after a literal': ['a: |\n  old\n\nb: 1\n', ['a']],
  'after a folded one that keeps its line breaks': ['x:\n    a: >+\n        old\n\n\n    b: 1', ['x', 'a']],
  'on the line below': ['a:\n  old\nb: 1', ['a']],
  'where there was none': ['a: # c\nb: 1', ['a']],
  'in braces': ['x: {a: old, b: 1}\n', ['x', 'a']],
  'in brackets': ['x: [old, 1]\n', ['x', 0]],
  'in a list': ['x:\n- old\n-   1\n', ['x', 1]],
  'as a new key': ['x:\n  b: 1\n  # c\n', ['x', 'a']],
  'in JSON': ['{"x": {"b": 1}}', ['x', 'a']],
}
test.each(Object.entries(places))('a text reads back the same %s', (_, [text, path]) => {
  for (const value of values) {
    const edited = set(text, path, value)
    expect(parseDocument(edited).errors, edited).toEqual([])
    expect(parseDocument(edited).getIn(path), JSON.stringify(edited)).toBe(value)
    expect(parseDocument(edited).getIn([...path.slice(0, -1), 'b']) ?? 1).toBe(1)
  }
})
test.each(values)('a text reads back the same as a key: %j', (value) => {
  for (const text of ['a: 1\nb: 2\n', '{ a: 1, b: 2 }', 'a : 1\nb: 2', '{"a":1,"b":2}', '? a\n: 1\nb: 2']) {
    expect(parse(applyEdit(text, { kind: 'rename-key', path: ['a'], to: value }).text)).toEqual({ [value]: 1, b: 2 })
  }
})
test('a text is quoted only if needed', () => {
  expect(set('a: x\n', ['a'], 'two words, and more')).toBe('a: two words, and more\n')
  expect(set('a: x\n', ['a'], 'passenger_count <> 0')).toBe('a: passenger_count <> 0\n')
  expect(set('a: x\n', ['a'], 'no')).toBe('a: "no"\n')
  expect(set("b: 'x'\na: x\n", ['a'], 'a: b')).toBe("b: 'x'\na: 'a: b'\n")
  expect(set('a: x\n', ['a'], 'say "x": y')).toBe('a: \'say "x": y\'\n')
  expect(set('x: [a]\n', ['x', 0], 'a, b')).toBe('x: ["a, b"]\n')
})
test('a text keeps the quotes of what it replaces', () => {
  expect(set("a: 'x' # c\n", ['a'], 'y')).toBe("a: 'y' # c\n")
  expect(set('a: "x"\n', ['a'], "y's")).toBe('a: "y\'s"\n')
  expect(set('a: "x"\n', ['a'], 5)).toBe('a: 5\n')
  expect(set('x:\n  - "a"\n  - "b"\n', ['x'], ['a', 'b', 'c'])).toBe('x:\n  - a\n  - b\n  - c\n')
  expect(applyEdit('x: ["a", "b"]', { kind: 'insert-item', path: ['x'], index: 1, value: 'c' }).text).toBe(
    'x: ["a", "c", "b"]',
  )
})
test('a text of several lines stands under a |', () => {
  expect(set('q: x # sql\nb: 1\n', ['q'], 'select *\nfrom t\n')).toBe('q: | # sql\n  select *\n  from t\nb: 1\n')
  expect(set('q: > # sql\n  x\n', ['q'], 'a\nb')).toBe('q: |- # sql\n  a\n  b\n')
  expect(set('q: |\n  a\n  b\n\n# c\n', ['q'], 'one')).toBe('q: one\n\n# c\n')
  expect(set('x:\n    q: 1\n', ['x', 'q'], '  a\nb')).toBe('x:\n    q: |4-\n          a\n        b\n')
})
test('a text does not become a | where lines below would be taken in', () => {
  expect(set('x:\n  a: 1\n    # deep\n', ['x', 'a'], 'b\nc')).toBe('x:\n  a: "b\\nc"\n    # deep\n')
})
