import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refused } from '#core/model/failure.ts'
import { plainText, type FieldKind } from './quoting.ts'
import { exampleScope, filters } from './template-filters.ts'
import { compileTemplate } from './templates.ts'

const evaluate = (text: string, scope: object = {}, kind: FieldKind = 'text') => {
  const compiled = compileTemplate(text, kind)
  if (!compiled.ok) throw new Error(compiled.mistake.message)
  return compiled.template.evaluate(scope)
}

const mistake = (text: string, kind: FieldKind = 'text') => {
  const compiled = compileTemplate(text, kind)
  return compiled.ok ? null : compiled.mistake.code
}

test.each(Object.entries(filters))(
  'the filter %s does what its description says',
  (_, { example: [expression, gives] }) => {
    expect(evaluate(`{{ ${expression} }}`, exampleScope)).toEqual(gives)
  },
)

describe('a value that is one whole expression keeps its type', () => {
  const scope = { n: 5, t: true, l: [1, 'b'], o: { a: { b: null } }, s: 'x' }
  test.each([
    ['{{ n }}', 5],
    [' {{ n }}\n', 5],
    ['{{- n -}}', 5],
    ['{{ t }}', true],
    ['{{ l }}', [1, 'b']],
    ['{{ o }}', { a: { b: null } }],
    ['{{ o.a.b }}', null],
    ['{{ nil }}', null],
    ['{{ n > 3 and t }}', true],
    ['{{ s == "y" }}', false],
    ['{{ not t }}', false],
    ['{{ l[1] }}', 'b'],
    ['{{ (1..3) }}', [1, 2, 3]],
    ['{{ "}}" }}', '}}'],
    ['{{ n }}.', '5.'],
    [' {{ s }} {{ n }} ', ' x 5 '],
    ['{{ l }}{{ o }}', '[1,"b"]{"a":{"b":null}}'],
    ['{% if t %}yes{% else %}no{% endif %}', 'yes'],
    ['{% raw %}{{.Names}}{% endraw %}', '{{.Names}}'],
  ])('%s', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value)
  })
})

describe('numbers are never coerced or rounded in silence', () => {
  test.each([
    '{{ "x" | plus: 1 }}',
    '{{ 1 | divided_by: 0 }}',
    '{{ 9007199254740991 | plus: 1 }}',
    '{{ l | times: 2 }}',
  ])('%s', (text) => {
    expect(() => evaluate(text, { l: [1] })).toThrow(Refused)
  })
})

describe('what cannot be read is a mistake', () => {
  test.each([
    ['{{ a b }}', 'bad-expression'],
    ['{{ a, b }}', 'bad-expression'],
    ['{{ "a" "b" }}', 'bad-expression'],
    ['{{ n + 1 }}', 'bad-expression'],
    ['{{ }}', 'bad-expression'],
    ['{{ a', 'bad-expression'],
    ['{% if a %}', 'bad-expression'],
    ['{{ a | nope }}', 'unknown-filter'],
    ['{% include "x" %}', 'unknown-tag'],
    ['{% render "x" %}', 'unknown-tag'],
    ['{% layout "x" %}', 'unknown-tag'],
    ['{% increment n %}', 'unknown-tag'],
    ['{{ a }}'.repeat(5000), 'too-large'],
    ['{% if a %}'.repeat(1900), 'bad-expression'],
    [`{{ ${'a['.repeat(20_000)} }}`, 'bad-expression'],
  ])('%s', (text, code) => {
    expect(mistake(text)).toBe(code)
  })
})

describe('a hostile template gets an error and nothing else', () => {
  const scope = { o: { a: 1 }, s: 'x'.repeat(10_000), f: () => 'called' }
  test.each([
    '{{ o.constructor }}',
    '{{ o.__proto__ }}',
    '{{ o.constructor.constructor }}',
    '{{ s.constructor }}',
    '{{ o["__proto__"]["x"] }}',
    '{{ f.constructor }}',
    '{{ this }}',
    '{{ globalThis }}',
    '{{ process.env }}',
    '{% for i in (1..1000000000) %}{{ i }}{% endfor %}',
    '{% for i in (1..99999) %}{% for j in (1..99999) %}x{% endfor %}{% endfor %}',
    '{{ (1..1000000000) | join: "" }}',
    '{{ s | split: "" | join: s }}',
    '{{ "a" | pad: 999999999 }}',
  ])('%s', (text) => {
    const began = performance.now()
    expect(() => evaluate(text, scope)).toThrow(Refused)
    expect(performance.now() - began).toBeLessThan(2000)
  })
})

test('mentions name what is read, through assignments and loops', () => {
  const text =
    '{% assign a = tasks.fetch.file.path %}{{ a }}{% for f in tasks["my-task"].files %}{{ f }}{% endfor %}{{ x | append: run.id }}{{ tasks[x].y }}'
  const compiled = compileTemplate(text, 'text')
  expect(compiled.ok && compiled.template.mentions).toEqual([
    ['tasks', 'fetch', 'file', 'path'],
    ['tasks', 'my-task', 'files'],
    ['tasks', null, 'y'],
    ['x'],
    ['x'],
    ['run', 'id'],
  ])
})

describe('in SQL', () => {
  const scope = { s: "it's", n: 5, neg: -1.5, t: true, nul: null, l: [1, 'b'], e: [], o: { a: "'" }, c: 'my "col' }
  test.each([
    ['a = {{ s }}', "a = 'it''s'"],
    ['{{ s }}', "'it''s'"],
    ['a > {{ n }} and b > {{ neg }}', 'a > 5 and b > -1.5'],
    ['{{ t }}, {{ nul }}', 'TRUE, NULL'],
    ['a in {{ l }}', "a in (1, 'b')"],
    ['a not in {{ e }}', 'a not in (SELECT NULL WHERE FALSE)'],
    ['{{ o }}', `'{"a":"''"}'`],
    ['{{ c | identifier }} is null', '"my ""col" is null'],
    ['{{ s | raw }}', "it's"],
    ["'%{{ s | raw }}%'", "'%it's%'"],
    ['{{ s | prepend: "%" | append: "%" }}', "'%it''s%'"],
    ['{{ s | quote }}', "'it''s'"],
    ['{% for c in l %}{{ c }} {% endfor %}', "1 'b' "],
    ["'a''b' = {{ s }}", "'a''b' = 'it''s'"],
    ["e'\\'' || {{ s }}", "e'\\'' || 'it''s'"],
  ])('%s becomes %s', (text, sql) => {
    expect(evaluate(text, scope, 'sql')).toBe(sql)
  })

  test('an object cannot pass for text that is quoted already', () => {
    const forged = { ready: '1; drop table rides', toString: '1; drop table rides' }
    expect(evaluate('{{ x }}', { x: forged }, 'sql')).toBe(`'${JSON.stringify(forged)}'`)
  })

  test.each([
    "'{{ s }}'", "'%{{ s }}%'", '"{{ c }}"', '`{{ c }}`', '-- {{ s }}', '/* {{ s }} */', '/* /* */ {{ s }} */', '$$ {{ s }} $$', '$a$ {{ s }} $a$',
    "e{{ s }}", "x''{{ s }}", '1-{{ n }}', "E'\\' {{ s }}", "'a' || '{{ s }}'",
  ])('%s is refused: the quoting would not hold', (text) => {
    expect(mistake(text, 'sql')).toBe('quoted-expression')
  }) // prettier-ignore

  test('raw is seen', () => {
    const raw = (text: string) => {
      const compiled = compileTemplate(text, 'sql')
      return compiled.ok && compiled.template.raw
    }
    expect([raw('{{ s | raw }}'), raw('{{ s | raw: 1 }}'), raw('{{ s | append: "| raw" }}')]).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('in a shell script', () => {
  test.each([
    'echo "{{ s }}"', "echo '{{ s }}'", 'echo `cat {{ s }}`', 'x="$(cat {{ s }})"', '# {{ s }}', 'cat <<EOF\n{{ s }}\nEOF\n',
    "cat <<'EOF'\n{{ s }}\nEOF\n", 'cat <<-EOF\n\t{{ s }}\n\tEOF\n', 'echo ${{ s }}', 'echo \\{{ s }}', "$'a\\'b {{ s }}'",
    'cat <<EOF # note\n{{ s }}\nEOF\n', 'cat <<!\n{{ s }}\n!\n', 'cat <<1\n{{ s }}\n1\n', 'cat <<"THE END"\n{{ s }}\nTHE END\n',
    'cat <<A <<B\na\nB\nA\n{{ s }}\nB\n', 'cat <<EOF\n\tEOF\n{{ s }}\nEOF\n', '(true)# {{ s }}\n', 'echo $(( {{ s }} + 1 ))',
    'echo $(( (1 + (2)) * {{ s }} ))', '(( {{ s }} > 1 ))', 'echo $[ {{ s }} ]', 'echo ${list[{{ s }}]}',
  ])('%s is refused: the quoting would not hold', (text) => {
    expect(mistake(text, 'shell')).toBe('quoted-expression')
  }) // prettier-ignore

  test.each([
    'echo "a" {{ s }}', "echo 'a' {{ s }}", 'cat <<EOF\nit\'s\nEOF\necho {{ s }}', 'echo a#b {{ s }}', 'echo \\" {{ s }}', 'cat <<< {{ s }}',
    '# it\'s a comment\necho {{ s }}', 'x=$(cat {{ s }})', 'cp {{ s }} --to={{ s }}/x', "echo $'a\\'b' {{ s }}",
    'cat <<A <<B\na\nA\nb\nB\necho {{ s }}', 'echo $(( (1 + 2) << 3 )) ${x#y} {{ s }}', 'cat <<!\n$(\n!\necho {{ s }}', '(a; (b {{ s }}))',
  ])('%s is fine', (text) => {
    expect(mistake(text, 'shell')).toBeNull()
  }) // prettier-ignore

  test('a list is one word for each item', () => {
    expect(evaluate('cat {{ files }}', { files: ['a b', "c'd"] }, 'shell')).toBe(`cat 'a b' 'c'\\''d'`)
  })

  test.skipIf(process.platform === 'win32')('any value arrives in a real shell as it was', () => {
    const values = fc.sample(
      fc.string({
        unit: fc.constantFrom('a', ' ', "'", '"', '\\', '$', '`', '\n', '!', '*', '(', ';', '#', 'é', '-', '\t'),
      }),
      { seed: 20_201_101, numRuns: 200 },
    )
    const script = evaluate("printf '%s\\0' {{ values }}", { values }, 'shell')
    const printed = execFileSync('/bin/sh', ['-c', plainText(script)], { encoding: 'utf8' })
    expect(printed.split('\0').slice(0, -1)).toEqual(values)
  })
})
