import fc from 'fast-check'
import { Liquid } from 'liquidjs'
import { expect, test } from 'vitest'
import { taskMentions, taskMentionsInCondition } from './expression-mentions.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const found = (text: string) => taskMentions(text).map(({ task, from, to }) => [task, text.slice(from, to)])

test('a task is found by dot and by bracket, with its place', () => {
  expect(found('{{ tasks.a.n }} {{tasks["b-c"].n}} {{ tasks[ \'d\' ] }} {{ tasks. e.n }}')).toEqual([
    ['a', 'a'],
    ['b-c', 'b-c'],
    ['d', 'd'],
    ['e', 'e'],
  ])
  expect(found('{{- tasks.a-}} {%- if tasks.b.n > tasks.c.n -%}x{% endif %}')).toEqual([
    ['a', 'a'],
    ['b', 'b'],
    ['c', 'c'],
  ])
  expect(found('{{ list[tasks.a.n] | default: tasks.b.n, other: tasks.c.n }}')).toEqual([
    ['a', 'a'],
    ['b', 'b'],
    ['c', 'c'],
  ])
})

test('nothing is found in text, in quotes, in raw blocks, or in fields of other names', () => {
  const texts = [
    'tasks.a',
    '{{ "tasks.a" }}',
    "{{ 'it\\'s tasks.a' }}",
    '{{ x.tasks.a }}',
    '{{ my-tasks.a }}',
    '{{ tasks_.a }}',
    '{{ tasks }}',
    '{{ tasks[x] }}',
  ]
  for (const text of [...texts, '{% raw %}{{ tasks.a }}{% endraw %}', '{{ "}}" }} tasks.a', '{{ (1..tasks) }}'])
    expect(found(text), text).toEqual([])
  expect(found('{% raw %}{{ tasks.a }}{% endraw %}{{ tasks.b }}')).toEqual([['b', 'b']])
})

test('a condition needs no braces', () => {
  expect(taskMentionsInCondition('tasks.a.n > 1 and x == "tasks.b"').map(({ task }) => task)).toEqual(['a'])
  expect(taskMentionsInCondition('tasks.a {{ tasks.b }}').map(({ task }) => task)).toEqual(['b'])
})

test(`the same tasks are found as by the expression language itself (seed ${seed})`, () => {
  const liquid = new Liquid()
  const name = fc.constantFrom('a', 'b-c', 'd_1')
  const atom: fc.Arbitrary<string> = fc.oneof(
    name.map((id) => `tasks.${id}.n`),
    name.map((id) => `tasks["${id}"].n`),
    name.map((id) => `tasks['${id}'].file.path`),
    name.map((id) => `"tasks.${id} }}"`),
    name.map((id) => `'tasks.${id} %} "'`),
    name.map((id) => `x.tasks.${id}`),
    name.map((id) => `x[tasks.${id}.n]`),
    name.map((id) => `my-tasks.${id}`),
    fc.constantFrom('1', 'x', '-2.5', 'true', '(1..3)'),
  )
  const expression = fc.oneof(
    atom,
    fc.tuple(atom, atom).map(([a, b]) => `${a} | default: ${b}`),
    fc.tuple(atom, atom, atom).map(([a, b, c]) => `${a}|append:${b}|replace: ${c} , ${a}`),
  )
  const piece = fc.oneof(
    expression.map((text) => `{{ ${text} }}`),
    expression.map((text) => `{{-${text} -}}`),
    fc
      .tuple(atom, expression)
      .map(([test_, text]) => `{% if ${test_} == ${test_} %}{{${text}}}{%- else -%}tasks.a{% endif %}`),
    expression.map((text) => `{% raw %}{{ ${text} }}{% endraw %}`),
    fc.constantFrom(' tasks.a ', '"', '}}', "it's"),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      const text = pieces.join('')
      const template = readable(liquid, text)
      fc.pre(template !== null)
      const { tasks = [] } = template ? liquid.analyzeSync(template).globals : {}
      const wanted = new Set(tasks.map(({ segments }) => segments[1]))
      expect(new Set(taskMentions(text).map(({ task }) => task)), text).toEqual(wanted)
    }),
    { seed, numRuns: 500 },
  )
})

const readable = (liquid: Liquid, text: string) => {
  try {
    return liquid.parse(text)
  } catch {
    return null
  }
}
