import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { PortKind } from '#core/model/handle.ts'
import { Refused } from '#core/model/failure.ts'
import { applyEdit } from './apply-edit.ts'
import { extractTasks, type Extraction } from './extract-tasks.ts'
import { inlineFlow } from './inline-flow.ts'

const flow = `# Rides
millrace: 1
name: rides
parameters:
  color: { type: string, enum: [green, yellow], default: green } # of the taxi
  month: { type: integer, default: 11 }
  other: { type: string, default: x }
variables:
  folder: "data/{{ color }}"
tasks:
  begin: { type: log.message, with: { message: Begin } }
  # where they come from
  fetch:
    type: http.download   # once
    after: [begin]
    with: { url: "https://x/{{ color }}_{{ month | pad: 2 }}.csv" }
  trips:
    type: table.read
    inputs: { files: fetch.file }
    with: { path: "{{ folder }}/a.csv" }

  # says so
  tell: { type: log.message, after: [trips], with: { message: "{{ other }}" } }
  report:
    type: table.read
    with: { path: out.csv }
layout: { begin: [0, 0], fetch: [240, 0], trips: [480, 20], tell: [720, 0], report: [0, 200] }
`

const kinds: Readonly<Record<string, Readonly<Record<string, PortKind>>>> = {
  'http.download': { file: 'file' },
  'table.read': { table: 'table' },
  'storage.list': { objects: 'value', names: 'value' },
  'log.message': {},
}

const extraction = (tasks: readonly string[], more: Partial<Extraction> = {}): Extraction => ({
  tasks,
  task: 'get_rides',
  flow: 'get-rides',
  name: 'get-rides',
  outputs: (type) => kinds[type] ?? null,
  ...more,
})

const reasonOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof Refused) return error.message
    throw error
  }
  return ''
}

const taken = extractTasks(flow, extraction(['fetch', 'trips']))

test('tasks become a flow of their own, with their comments and with parameters for what their expressions read', () => {
  expect(taken.child).toBe(`millrace: 1
name: "get-rides"
parameters:
  color: { type: string, enum: [green, yellow], default: green } # of the taxi
  month: { type: integer, default: 11 }
variables:
  folder: "data/{{ color }}"
tasks:
  # where they come from
  fetch:
    type: http.download   # once
    with: { url: "https://x/{{ color }}_{{ month | pad: 2 }}.csv" }
  trips:
    type: table.read
    inputs: { files: fetch.file }
    with: { path: "{{ folder }}/a.csv" }
layout:
  fetch: [240, 0]
  trips: [480, 20]
`)
})

test('one task stands in their place, with what they waited for and what waits for them; all else stays as it was', () => {
  expect(taken.parent.text).toBe(
    flow
      .replace(/ {2}# where they come from[^]*a\.csv" \}\n/, () =>
        [
          '  get_rides:',
          '    type: flow.run',
          '    after: [begin]',
          '    with: { flow: get-rides, parameters: { color: "{{ color }}", month: "{{ month }}" } }',
          '',
        ].join('\n'),
      )
      .replace('after: [trips]', 'after: [get_rides]')
      .replace('fetch: [240, 0], trips: [480, 20], ', '')
      .replace('report: [0, 200]', 'report: [0, 200], get_rides: [360, 10]'),
  )
  expect(applyEdit(taken.parent.text, taken.parent.inverse).text).toBe(flow)
})

test('brought back in, the flow does what it did: the very lines, wires and expressions', () => {
  const back = inlineFlow(taken.parent.text, { task: 'get_rides', child: taken.child })
  expect(back.text).toBe(
    flow
      .replace(/ {2}# where they come from[^]*a\.csv" \}\n/, '')
      .replace(
        'with: { path: out.csv }\n',
        `with: { path: out.csv }
  # where they come from
  fetch:
    type: http.download   # once
    after: [begin]
    with: { url: "https://x/{{ color }}_{{ month | pad: 2 }}.csv" }
  trips:
    type: table.read
    inputs: { files: fetch.file }
    with: { path: "{{ folder }}/a.csv" }
`,
      )
      .replace('fetch: [240, 0], trips: [480, 20], ', '')
      .replace('report: [0, 200]', 'report: [0, 200], fetch: [240, 0], trips: [480, 20]'),
  )
  expect(applyEdit(back.text, back.inverse).text).toBe(taken.parent.text)
})

test('data that would cross by a wire, and results that others read, are refused by name', () => {
  expect(reasonOf(() => extractTasks(flow, extraction(['fetch'])))).toMatch(
    /Data would cross by the wire from fetch\.file to trips\.files: .* Choose trips too, or leave fetch out\./,
  )
  expect(reasonOf(() => extractTasks(flow, extraction(['trips'])))).toMatch(/Choose fetch too, or leave trips out/)
  const read = flow.replace('{{ other }}', '{{ tasks.trips.rows }}')
  expect(reasonOf(() => extractTasks(read, extraction(['fetch', 'trips'])))).toMatch(
    /An expression of tell reads tasks\.trips, of which a subflow gives nothing back/,
  )
  const hooked = `${flow}hooks:\n  on_failure:\n    say: { type: log.message, with: { message: "{{ tasks.trips.rows }}" } }\n`
  expect(reasonOf(() => extractTasks(hooked, extraction(['fetch', 'trips'])))).toMatch(/at the end of the flow/)
})

test('tasks around another are refused: the subflow would wait for itself', () => {
  expect(reasonOf(() => extractTasks(flow, extraction(['begin', 'tell'])))).toMatch(
    /fetch lies between them.*\n.*trips lies between them/,
  )
})

test('a task that runs by the outcome of one outside is refused', () => {
  const cleaning = flow.replace('tell: { type: log.message,', 'tell: { type: log.message, run_if: any_failed,')
  expect(reasonOf(() => extractTasks(cleaning, extraction(['tell'])))).toMatch(
    /outcome of trips \(run_if: "any_failed"\)/,
  )
})

test('what expressions read of tasks outside, and of the run, comes in by parameters with their types', () => {
  const telling = flow.replace(
    '{{ other }}',
    `Run {{ run.name }}: {{ tasks.trips.rows | plus: 1 }} of {{ tasks['trips'].table.rows }}`,
  )
  const { child, parent } = extractTasks(telling, extraction(['tell']))
  expect(child).toContain(
    'parameters:\n  run_name:\n    type: string\n  trips_rows:\n    type: integer\n  trips_rows_2:\n    type: integer\n',
  )
  expect(child).toContain('message: "Run {{ run_name }}: {{ trips_rows | plus: 1 }} of {{ trips_rows_2 }}"')
  expect(parent.text).toContain('trips_rows: "{{ tasks.trips.rows }}"')
  const back = inlineFlow(parent.text, { task: 'get_rides', child })
  expect(back.text).toContain(
    `message: "Run {{ run.name }}: {{ tasks.trips.rows | plus: 1 }} of {{ tasks['trips'].table.rows }}"`,
  )
})

test('a value whose type only a run tells is refused, but for the items of a loop', () => {
  const listing = `tasks:
  list: { type: storage.list, with: { storage: block:x/y } }
  each: { type: log.message, for_each: "{{ tasks.list.names }}", with: { message: "{{ item }}" } }
  one: { type: log.message, with: { message: "{{ tasks.list.names[0] }}" } }
`
  expect(extractTasks(listing, extraction(['each'])).child).toContain(
    'parameters:\n  list_names:\n    type: array\ntasks:\n  each: { type: log.message, for_each: "{{ list_names }}"',
  )
  expect(reasonOf(() => extractTasks(listing, extraction(['one'])))).toMatch(
    /needs a type that is known before the run/,
  )
})

const child = `millrace: 1
name: child
parameters:
  a: { type: string }
  b: { type: string, default: two words }
variables:
  both: "{{ a }}/{{ b }}"
tasks:
  say: { type: log.message, with: { message: "{{ both }} {{ b | upcase }}" } }
  last: { type: log.message, after: [say], with: { message: "{{ a }}" } }
layout: { say: [100, 100], last: [340, 100] }
`

const parent = `millrace: 1
name: parent
parameters: { a: { type: string }, b: { type: string } }
variables: { folder: x }
tasks:
  say: { type: log.message, with: { message: hi } }
  run:
    type: flow.run
    after: say
    with: { flow: child, parameters: { a: "{{ b }}" } }
  end: { type: log.message, after: [run, say], with: { message: "{{ b }}" } }
layout: { run: [10, 20], end: [500, 20] }
`

test('names that are taken are told apart, values become variables, and the order stays', () => {
  expect(inlineFlow(parent, { task: 'run', child }).text).toBe(`millrace: 1
name: parent
parameters: { a: { type: string }, b: { type: string } }
variables: { folder: x, b_2: two words, both: "{{ b }}/{{ b_2 }}" }
tasks:
  say: { type: log.message, with: { message: hi } }
  end: { type: log.message, after: [last, say], with: { message: "{{ b }}" } }
  say_2: { type: log.message, after: [say], with: { message: "{{ both }} {{ b_2 | upcase }}" } }
  last: { type: log.message, after: [say_2], with: { message: "{{ b }}" } }
layout: { end: [500, 20], say_2: [-110, 20], last: [130, 20] }
`)
})

test('a value that is worked out of numbers and names comes in as a variable', () => {
  const reckoned = parent.replace('a: "{{ b }}"', 'a: "{{ b | plus: 1 }}"')
  const { variables } = parse(inlineFlow(reckoned, { task: 'run', child }).text) as { variables: unknown }
  expect(variables).toEqual({ folder: 'x', a_2: '{{ b | plus: 1 }}', b_2: 'two words', both: '{{ a_2 }}/{{ b_2 }}' })
})

test('what one task says of the subflow as a whole, and what the subflow says of itself, is refused', () => {
  const mapped = parent.replace('after: say\n', 'after: say\n    for_each: [1, 2]\n    retries: 2\n')
  expect(reasonOf(() => inlineFlow(mapped, { task: 'run', child }))).toMatch(/“for_each”.*\n.*“retries”/)
  const read = parent.replace('message: hi', 'message: "{{ tasks.run.value.flow_run }}"')
  expect(reasonOf(() => inlineFlow(read, { task: 'run', child }))).toMatch(/say takes what the task gives/)
  expect(reasonOf(() => inlineFlow(parent, { task: 'run', child: `${child}concurrency: 2\n` }))).toMatch(
    /“concurrency”/,
  )
  expect(reasonOf(() => inlineFlow(parent, { task: 'run', child: child.replace(', default: two words', '') }))).toMatch(
    /“b” has no value and no default/,
  )
})

test('values that tasks share with others by anchors are written out in the subflow', () => {
  const shared = `tasks:
  one: { type: log.message, with: &said { message: "{{ run.name }}" } }
  two: { type: log.message, with: *said }
  three: { type: log.message, with: *said }
`
  const { parent: left, child: apart } = extractTasks(shared, extraction(['one', 'two']))
  expect(parse(left.text)).toMatchObject({ tasks: { three: { with: { message: '{{ run.name }}' } } } })
  expect(parse(apart)).toMatchObject({
    parameters: { run_name: { type: 'string' } },
    tasks: { one: { with: { message: '{{ run_name }}' } }, two: { with: { message: '{{ run_name }}' } } },
  })
})
