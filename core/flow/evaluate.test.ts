import { describe, expect, test } from 'vitest'
import type { TaskDocument } from '#core/model/flow-document.ts'
import type { FileHandle, JsonValue, Outputs, TableHandle } from '#core/model/handle.ts'
import { smallCatalogue as catalogue } from '#test/fixtures/small-catalogue.ts'
import { evaluateCacheKey, evaluateItems, evaluateSettings, evaluateVariables, evaluateWhen } from './evaluate.ts'
import { explainField } from './explain-field.ts'
import { mentionsOf } from './mentions.ts'
import { readFlow } from './read-flow.ts'
import type { Scope } from './scope.ts'

const file = (name: string): FileHandle => ({ kind: 'file', path: `/lake/${name}`, name, bytes: 10, sha256: null })
const table: TableHandle = {
  kind: 'table', columns: [{ name: 'a', type: 'BIGINT' }], rows: 42, bytes: null, path: null, steps: [], sources: [],
} // prettier-ignore

const tasks: Scope['tasks'] = {
  fetch: { file: file('a.csv') },
  many: [{ file: file('a.csv') }, { file: file('b.csv') }],
  none: [],
  clean: { table },
  child: { value: { kind: 'value', value: { state: { name: 'Completed' } } } },
}

const scope: Scope = {
  parameters: { color: 'green', months: [10, 11], n: 3, nothing: null, options: { deep: [1] } },
  variables: { folder: 'data/green' },
  item: { name: 'month', value: 3 },
  run: { id: 'r1', name: 'quiet-heron', flow: 'taxi', started_at: '2020-11-01T10:00:00Z' },
  tasks,
  blocks: { string: { hello: { value: 'Hello' } } },
}

const typeOf = (name: string) => {
  const type = catalogue.tasks.get(name)
  if (!type) throw new Error(name)
  return type
}

const parameters = `parameters:
  color: { type: string, default: green }
  months: { type: array, default: [1] }
  n: { type: integer, default: 1 }
  nothing: { type: integer, default: null }
  options: { type: object, default: {} }
variables: { folder: "data/{{ color }}" }
`

const others = `  fetch: { type: http.download, with: { url: u } }
  many: { type: http.download, for_each: [1, 2], with: { url: u } }
  none: { type: http.download, for_each: [], with: { url: u } }
  rows: { type: table.read, inputs: { files: fetch.file } }
  clean: { type: table.filter, inputs: { table: rows.table }, with: { where: "true" } }
  child: { type: flow.run, with: { flow: f } }
`

const readTask = (written: string) => {
  const text = `millrace: 1\nname: a\n${parameters}tasks:\n${others}  it: ${written}\n`
  const { document, problems } = readFlow(text, { catalogue })
  const task = document?.tasks.find(({ id }) => id === 'it')
  if (!document || !task) throw new Error(JSON.stringify(problems))
  return { document, task }
}

const settingsOf = (written: string, over: Partial<Scope> = {}) => {
  const { task } = readTask(written)
  return evaluateSettings({ task, type: typeOf(task.type), scope: { ...scope, ...over } })
}

const messageOf = (text: string, over: Partial<Scope> = {}) => {
  const result = settingsOf(
    `{ type: log.message, for_each: [1], as: month, with: { message: ${JSON.stringify(text)} } }`,
    over,
  )
  return result.ok ? result.value.settings['message'] : result.problems
}

describe('expressions read', () => {
  test.each<[string, JsonValue]>([
    ['{{ color }} in {{ folder }}', 'green in data/green'],
    ['{{ month | pad: 2 }}', '03'],
    ['{{ run.name }} of {{ run.flow }} at {{ run.started_at | date: "%H:%M" }}', 'quiet-heron of taxi at 10:00'],
    ['{{ tasks.fetch.file.path }}', '/lake/a.csv'],
    ['{{ tasks.fetch.name }}', 'a.csv'],
    ['rows: {{ tasks.clean.table.rows }}', 'rows: 42'],
    ['rows: {{ tasks.clean.rows }}', 'rows: 42'],
    ['{{ tasks.many.file.name | join: " and " }}', 'a.csv and b.csv'],
    ['{{ tasks.many.path | first }}', '/lake/a.csv'],
    ['{{ tasks.none.file.path | size }} and {{ tasks.none.name | size }}', '0 and 0'],
    ['{{ tasks.child.value.state.name }}', 'Completed'],
    ['{{ blocks.string.hello.value }}', 'Hello'],
    ['{{ options.deep[0] | plus: 1 }}.', '2.'],
  ])('%s', (text, value) => {
    expect(messageOf(text)).toEqual(value)
  })

  test('only what the scope holds, and say what is missing in which field', () => {
    expect(messageOf('{{ options.gone }}')).toEqual(['with.message: There is no options.gone.'])
    expect(messageOf('{{ tasks.fetch.file.path }}', { tasks: {} })).toEqual(['with.message: There is no tasks.fetch.'])
  })

  test('no property that every object has', () => {
    expect(messageOf('{{ options.constructor }}')).toEqual(['with.message: There is no options.constructor.'])
  })
})

describe('settings', () => {
  test('keep the type of a whole expression and get their defaults', () => {
    const result = settingsOf(
      '{ type: http.download, with: { url: "https://x/{{ color }}", max_redirects: "{{ n }}" } }',
    )
    expect(result).toEqual({
      ok: true,
      value: {
        settings: { url: 'https://x/green', max_redirects: 3 },
        config: { url: 'https://x/green', max_redirects: 3, idle_timeout: '60s' },
      },
    })
  })

  test('are checked when their values are known, all at once', () => {
    const result = settingsOf('{ type: http.download, with: { url: "{{ months }}", max_redirects: "{{ color }}" } }')
    expect(result).toEqual({
      ok: false,
      problems: [
        'with.url: “url” takes text, not a list.',
        'with.max_redirects: “max_redirects” takes a number, not "green".',
      ],
    })
  })

  test('that take text get a number as its text', () => {
    const result = settingsOf('{ type: http.download, with: { url: "{{ n }}" } }')
    expect(result.ok && result.value.settings).toEqual({ url: '3' })
  })

  test('whose expression gives null count as left out', () => {
    const result = settingsOf('{ type: http.download, with: { url: u, max_redirects: "{{ nothing }}" } }')
    expect(result.ok && result.value.settings).toEqual({ url: 'u' })
  })

  test('in SQL and shell fields are quoted, wherever they stand', () => {
    const evil = { ...scope, parameters: { ...scope.parameters, color: "x' or 1=1 --" } }
    const filter = settingsOf(
      '{ type: table.filter, inputs: { table: rows.table }, with: { where: "c = {{ color }}" } }',
      evil,
    )
    expect(filter.ok && filter.value.settings['where']).toBe("c = 'x'' or 1=1 --'")
    const select = settingsOf(
      '{ type: table.select, inputs: { table: rows.table }, with: { columns: [{ name: "{{ color }}", from: "{{ color }}" }] } }',
      evil,
    )
    expect(select.ok && select.value.settings['columns']).toEqual([{ name: "x' or 1=1 --", from: "'x'' or 1=1 --'" }])
    const shell = settingsOf(
      '{ type: script.shell, with: { script: "echo {{ color }}", env: { C: "{{ color }}" } } }',
      evil,
    )
    expect(shell.ok && shell.value.settings).toEqual({ script: "echo 'x'\\'' or 1=1 --'", env: { C: "x' or 1=1 --" } })
  })

  test('that are code are left alone', () => {
    const result = settingsOf(`{ type: script.python, with: { code: "f'{{x}}'" } }`)
    expect(result.ok && result.value.settings).toEqual({ code: "f'{{x}}'" })
  })
})

describe('variables', () => {
  test('are evaluated in order, and keep their types', () => {
    const text = `millrace: 1\nname: a\nparameters: { n: { type: integer } }\nvariables:
  a: "{{ n }}"
  b: ["{{ a | plus: 1 }}", { c: "x{{ a }}" }]
  d: "{{ b[0] | times: 2 }}"
tasks: {}\n`
    const { document } = readFlow(text, { catalogue })
    expect(document && evaluateVariables(document, scope)).toEqual({
      ok: true,
      value: { a: 3, b: [4, { c: 'x3' }], d: 8 },
    })
  })
})

describe('conditions', () => {
  const whenOf = (when: string) =>
    evaluateWhen(readTask(`{ type: log.message, when: ${when}, with: { message: x } }`).task, scope)
  test.each<[string, boolean]>([
    [`"{{ color == 'green' }}"`, true],
    [`color == "yellow"`, false],
    ['tasks.clean.rows > 10', true],
    ['false', false],
    [`"{{ months contains 11 and n >= 3 }}"`, true],
  ])('%s', (when, holds) => {
    expect(whenOf(when)).toEqual({ ok: true, value: holds })
  })

  test('that are neither true nor false are refused', () => {
    expect(whenOf('n')).toEqual({ ok: false, problems: ['when: this gives 3, which is neither true nor false.'] })
    expect(whenOf('options.gone')).toEqual({ ok: false, problems: ['when: There is no options.gone.'] })
  })

  test('are not needed', () => {
    expect(evaluateWhen(readTask('{ type: log.message, with: { message: x } }').task, scope)).toEqual({
      ok: true,
      value: true,
    })
  })
})

describe('items', () => {
  const itemsOf = (items: string) =>
    evaluateItems(readTask(`{ type: log.message, for_each: ${items}, with: { message: x } }`).task, scope)
  test.each<[string, readonly JsonValue[]]>([
    ['"{{ months }}"', [10, 11]],
    ['[1, "{{ n }}", { a: "{{ color }}" }]', [1, 3, { a: 'green' }]],
    ['"{{ tasks.many.file.path }}"', ['/lake/a.csv', '/lake/b.csv']],
    ['[]', []],
  ])('%s', (items, values) => {
    expect(itemsOf(items)).toEqual({ ok: true, value: values })
  })

  test('that are no list are refused', () => {
    expect(itemsOf('"{{ options.deep[0] }}"')).toEqual({
      ok: false,
      problems: ['for_each: this gives 1, which is no list.'],
    })
  })
})

test('a cache key is what its expression gives', () => {
  const { task } = readTask('{ type: log.message, with: { message: x }, cache: { key: "{{ color }}-{{ n }}" } }')
  expect(evaluateCacheKey(task, scope)).toEqual({ ok: true, value: 'green-3' })
})

test('mentions tell what has to be known before', () => {
  const { task } = readTask(
    '{ type: log.message, with: { message: "{{ color }} {{ tasks.fetch.name }} {{ blocks.string.hello.value }} {{ run.id }} {{ folder }} {{ color }}" } }',
  )
  expect(mentionsOf(task.with)).toEqual({
    names: ['color', 'folder'],
    tasks: ['fetch'],
    blocks: [{ type: 'string', name: 'hello' }],
    run: ['id'],
  })
  expect(task.mentions).toEqual(['fetch'])
})

describe('a field is explained', () => {
  const explain = (task: TaskDocument, path: readonly string[], over: Partial<Scope> = {}) =>
    explainField({ task, type: typeOf(task.type), path, scope: { ...scope, ...over } })

  test('with what it gives and what that was made from', () => {
    const { task } = readTask('{ type: http.download, with: { url: "{{ tasks.fetch.file.path }}/{{ color }}" } }')
    expect(explain(task, ['with', 'url'])).toEqual({
      written: '{{ tasks.fetch.file.path }}/{{ color }}',
      result: { ok: true, value: '/lake/a.csv/green' },
      sources: [
        { name: 'tasks.fetch.file.path', value: '/lake/a.csv' },
        { name: 'color', value: 'green' },
      ],
    })
  })

  test('while a source is not known yet', () => {
    const { task } = readTask('{ type: log.message, when: tasks.clean.rows > 3, with: { message: x } }')
    const { result, sources } = explain(task, ['when'], { tasks: {} })
    expect(result).toEqual({ ok: false, problems: ['when: There is no tasks.clean.'] })
    expect(sources).toEqual([{ name: 'tasks.clean.rows', value: undefined }])
  })

  test('by the rules of its kind', () => {
    const { task } = readTask(
      '{ type: table.filter, inputs: { table: rows.table }, with: { where: "c = {{ color }}" } }',
    )
    expect(explain(task, ['with', 'where']).result).toEqual({ ok: true, value: "c = 'green'" })
    const { task: mapped } = readTask('{ type: log.message, for_each: "{{ months }}", with: { message: x } }')
    expect(explain(mapped, ['for_each']).result).toEqual({ ok: true, value: [10, 11] })
  })
})

test('outputs of a mapped task that lack a handle are null in their place', () => {
  const holes: readonly Outputs[] = [{ file: file('a.csv') }, {}]
  expect(messageOf('{{ tasks.many.file.name | json }}', { tasks: { ...tasks, many: holes } })).toBe('["a.csv",null]')
})
