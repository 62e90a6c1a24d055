import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Document, parse } from 'yaml'
import { applyEdit } from './apply-edit.ts'
import { renameBlock } from './block-names.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const numRuns = Number(process.env['RUNS'] ?? 300)

/** A text that names the block, by its name. */
type Piece = (name: string) => string

const step = (name: string): string => (/^[\w-]+$/.test(name) ? `.${name}` : `["${name}"]`)

const expressions: readonly Piece[] = [
  (name) => `{{ blocks.bucket${step(name)}.folder }}`,
  (name) => `{{- blocks["bucket"]["${name}"].folder | append: 'block:bucket/x' -}}`,
  (name) => `{% if blocks.bucket${step(name)}.on %}yes: "it's"{% endif %}`,
]
const others: readonly Piece[] = [
  'plain words 😀',
  '{{ x.blocks.bucket.zoom }}',
  '{% raw %}{{ blocks.bucket.zoom.folder }}{% endraw %}',
  'see block:bucket/zoom there',
  '# x: "y"\n',
  '\\ and \t',
  'two\n  lines\n',
].map((text) => () => text)
const wholes: readonly Piece[] = [
  (name) => `block:bucket/${name}`,
  (name) => `block:bucket/${name}#key`,
  (name) => `block:bucket/${name}/a b/c.csv`,
]

const mixed = fc.array(fc.constantFrom(...expressions, ...others), { minLength: 1, maxLength: 4 }).map(
  (pieces): Piece =>
    (name) =>
      pieces.map((piece) => piece(name)).join(' '),
)
const text = fc.oneof(fc.constantFrom(...wholes), mixed)

const style = fc.record({
  lineWidth: fc.constantFrom(0, 25, 80),
  singleQuote: fc.boolean(),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'),
  collectionStyle: fc.constantFrom('any', 'flow', 'block'),
  indent: fc.constantFrom(2, 4),
})
const name = fc.constantFrom('zoom', 'lake', 'data-lake', 'my lake', "it's", 'a: b', 'x, [y]', '日本 😀', '- z')

const flowOf = (texts: readonly Piece[], block: string) => ({
  millrace: 1,
  name: 'block:bucket/zoom',
  variables: Object.fromEntries(texts.map((piece, index) => [`v${index}`, piece(block)])),
  tasks: {
    one: { type: 'x', note: 'block:bucket/zoom', with: { list: texts.map((piece) => piece(block)) } },
  },
})

test(`a rename changes what is meant, whatever the names and the style of the YAML (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), style, name, name, (texts, options, from, to) => {
      fc.pre(from !== to)
      const { defaultStringType, ...rest } = options
      const before = new Document(flowOf(texts, from)).toString({ ...rest, defaultStringType })
      fc.pre(isRight(before, flowOf(texts, from)))
      const { text: after, inverse } = renameBlock(before, { type: 'bucket', from, to })
      expect(normal(parse(after))).toEqual(normal(flowOf(texts, to)))
      expect(applyEdit(after, inverse).text).toBe(before)
    }),
    { seed, numRuns },
  )
})

/** The printer breaks some long lines in the middle of an escape. */
const isRight = (printed: string, value: unknown): boolean => {
  try {
    return JSON.stringify(parse(printed)) === JSON.stringify(value)
  } catch {
    return false
  }
}

/** A name that needs brackets keeps them when the next one does not. */
const normal = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/\.bucket\[\\"([\w-]+)\\"\]/g, '.bucket.$1'))
