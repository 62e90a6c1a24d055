import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { smallCatalogue as catalogue } from '#test/fixtures/small-catalogue.ts'
import { readFlow } from './read-flow.ts'

const head = 'millrace: 1\nname: a\n'
const million = 1_000_000

const bomb = (levels: number, width: number) => {
  const lines = ['x-0: &a0 [lol]']
  for (let level = 1; level <= levels; level += 1) {
    lines.push(`x-${level}: &a${level} [${Array.from({ length: width }, () => `*a${level - 1}`).join(', ')}]`)
  }
  return `${head}${lines.join('\n')}\ntasks: {}\n`
}

/** Every level is flat, and each holds the one before far inside. */
const tower = () => {
  const lines = Array.from({ length: 40 }, (_, level) => {
    const inner = level === 0 ? 'x' : `*t${level - 1}`
    return `x-${level}: &t${level} ${'['.repeat(30)}${inner}${']'.repeat(30)}`
  })
  return `${head}${lines.join('\n')}\ntasks: {}\n`
}

const scalarBomb = () =>
  `${head}x-a: &a "${'x'.repeat(100_000)}"\nx-b: [${Array.from({ length: 1000 }, () => '*a').join(', ')}]\ntasks: {}\n`

test.each<[string, string, string]>([
  ['50 MB of text', 'a'.repeat(50 * million), 'too-large'],
  ['50 MB of lines', '\n'.repeat(50 * million), 'too-large'],
  ['50 MB of brackets', '['.repeat(50 * million), 'too-large'],
  ['a hundred thousand open brackets', '['.repeat(100_000), 'too-large'],
  ['a hundred thousand open braces', '{a: '.repeat(100_000), 'too-large'],
  ['nested dashes', '- '.repeat(100_000), 'too-large'],
  ['nested question marks', '? '.repeat(100_000), 'too-large'],
  ['a staircase', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), 'too-large'],
  ['an alias bomb', bomb(9, 10), 'alias-bomb'],
  ['a wide alias bomb', bomb(4, 1000), 'alias-bomb'],
  ['a long text many times', scalarBomb(), 'alias-bomb'],
  ['depth by aliases', tower(), 'too-large'],
  ['one huge value', `${head}description: ${'x'.repeat(4 * million)}\ntasks: {}\n`, 'too-large'],
  ['a million commas', `[${','.repeat(million)}`, 'yaml-syntax'],
  ['a million lines of open quotes', '"\n'.repeat(million), 'yaml-syntax'],
  ['a million bad escapes', `a: "${'\\q'.repeat(million)}"`, 'yaml-syntax'],
  ['a million documents', '---\n'.repeat(million), 'too-large'],
])('%s is refused quickly, with a clear problem', (_, text, code) => {
  const memory = process.memoryUsage().rss
  const began = process.cpuUsage()
  const { document, problems } = readFlow(text, { catalogue })
  // Of the processor, so that a busy machine is no failure.
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000)
  expect((process.memoryUsage().rss - memory) / million).toBeLessThan(200)
  expect(document).toBeNull()
  expect(problems.map((problem) => problem.code)).toEqual([code])
})

test('a prototype cannot be set from a flow', () => {
  const text = `${head}tasks:\n  __proto__: { type: log.message }\n  a: { type: log.message, with: { message: x, __proto__: { polluted: 1 } } }\n`
  const { problems } = readFlow(text, { catalogue })
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [4, 'forbidden-key'],
    [5, 'forbidden-key'],
  ])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('the name %s is nothing special', (name) => {
  const { problems } = readFlow(
    `${head}tasks:\n  a: { type: script.shell, ${name}: 1, inputs: { ${name}: a.b }, with: { script: x, ${name}: 1 } }\n  b: { type: ${name} }\n  c: { type: log.message, with: { message: "{{ ${name} }}" } }\n`,
    { catalogue },
  )
  expect(problems.map(({ code }) => code).toSorted()).toEqual([
    'unknown-key',
    'unknown-name',
    'unknown-port',
    'unknown-setting',
    'unknown-task-type',
  ])
})

test('tags make nothing but a problem', () => {
  const tags = [
    '!!js/function "function () {}"',
    '!!python/object:os.system x',
    '!include secrets.yaml',
    '!!timestamp 2020-01-01',
  ]
  const text = `${head}x-tags:\n${tags.map((tag) => `  - ${tag}\n`).join('')}tasks: {}\n`
  expect(readFlow(text, { catalogue }).problems.map(({ code }) => code)).toEqual(tags.map(() => 'unknown-tag'))
})

test('whatever is done to a flow, reading it ends with a document or with problems', () => {
  const text = readFileSync(new URL('../../test/fixtures/twelve-mistakes.yaml', import.meta.url), 'utf8')
  const piece = fc.constantFrom(
    '',
    ' ',
    '\n',
    '\t',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ':',
    '- ',
    '? ',
    '&a ',
    '*a',
    '<<: ',
    '{{',
    '}}',
    '{%',
    '!x ',
    '#',
    '|',
    '>',
    '0',
    'null',
    '~',
    '---\n',
    '\u0000',
    '😀',
    '\ud800',
  )
  const change = fc.record({ at: fc.nat(text.length), length: fc.nat(30), piece })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      let changed = text
      for (const { at, length, piece: put } of changes)
        changed = changed.slice(0, at) + put + changed.slice(at + length)
      const { document, problems } = readFlow(changed, { catalogue })
      expect(document === null).toBe(problems.some(({ severity }) => severity === 'error'))
      const lines = changed.split('\n')
      for (const { line, column } of problems) expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1)
    }),
    { numRuns: 100 },
  )
})
