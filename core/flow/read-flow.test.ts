import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Problem } from '#core/model/problem.ts'
import { smallCatalogue as catalogue } from '#test/fixtures/small-catalogue.ts'
import type { ReadFlowOptions } from './read-flow-options.ts'
import { readFlow, readFlows } from './read-flow.ts'

const read = (text: string, options: Partial<ReadFlowOptions> = {}) => readFlow(text, { catalogue, ...options })

const head = 'millrace: 1\nname: a\n'
const flow = (tasks: string, before = '') => `${head}${before}tasks:\n${tasks.replaceAll(/^/gm, '  ')}\n`
const problemsOf = (text: string, options: Partial<ReadFlowOptions> = {}) => read(text, options).problems
const codes = (problems: readonly Problem[]) => problems.map(({ code }) => code)
const spot = ({ line, column, code }: Problem) => `${line}:${column} ${code}`

const webToBucket = `
millrace: 1
name: web-to-bucket
parameters:
  color:  { type: string, enum: [yellow, green], default: green }
  months: { type: array, items: { type: integer, minimum: 1, maximum: 12 }, default: [11] }
  lake:   { type: block, types: [local-file-system], default: block:local-file-system/lake }
variables:
  folder: "data/{{ color }}"
tasks:
  fetch:
    type: http.download
    for_each: "{{ months }}"
    as: month
    with: { url: "https://example.org/{{ color }}_tripdata_2020-{{ month | pad: 2 }}.csv.gz" }
    retries: 3
    retry_delay: [10s, 1m]
    cache: { key: inputs, expires: 1d }
    tags: [extract]
  trips:
    type: table.read
    inputs: { files: fetch.file }
  clean:
    type: table.filter
    inputs: { table: trips.table }
    with: { where: passenger_count <> 0, nulls: keep }
  save:
    type: table.write
    inputs: { table: clean.table }
    with: { format: parquet, compression: gzip }
  upload:
    type: storage.upload
    inputs: { files: save.file }
    with: { storage: "{{ lake }}", to: "{{ folder }}/{{ tasks.clean.table.rows }}" }
layout: { fetch: [0, 0], trips: [240, 0] }
`

describe('a flow without mistakes', () => {
  const { document, problems } = read(webToBucket)

  test('has no problems', () => {
    expect(problems).toEqual([])
    expect(document?.name).toBe('web-to-bucket')
    expect(document?.tasks.map(({ id }) => id)).toEqual(['fetch', 'trips', 'clean', 'save', 'upload'])
  })

  test('gives every field of a task a value', () => {
    expect(document?.tasks[0]).toEqual({
      id: 'fetch',
      type: 'http.download',
      inputs: {},
      after: [],
      with: { url: 'https://example.org/{{ color }}_tripdata_2020-{{ month | pad: 2 }}.csv.gz' },
      mentions: [],
      forEach: { kind: 'items', items: '{{ months }}' },
      as: 'month',
      concurrency: null,
      retries: 3,
      retryDelay: { kind: 'list', delays: [10_000, 60_000] },
      retryJitter: 0,
      timeout: null,
      cache: { key: 'inputs', expires: 86_400_000 },
      tags: ['extract'],
      keep: false,
      runIf: 'all_succeeded',
      when: null,
      allowFailure: false,
      disabled: false,
      note: null,
      traits: { runs: 'worker', tables: 'none', effect: false, optional: [], many: [] },
    })
  })

  test('knows what a task reads by wires and by expressions', () => {
    const upload = document?.tasks.at(-1)
    expect(upload?.inputs).toEqual({ files: [{ task: 'save', output: 'file' }] })
    expect(upload?.mentions).toEqual(['clean'])
  })

  test('takes its name from the file when it has none', () => {
    const unnamed = webToBucket.replace('name: web-to-bucket\n', '')
    expect(read(unnamed, { file: '/flows/green-taxi.yaml' }).document?.name).toBe('green-taxi')
    expect(codes(problemsOf(unnamed))).toEqual(['missing-name'])
  })

  test('reads the same with CRLF and a byte order mark', () => {
    expect(read(`\uFEFF${webToBucket.replaceAll('\n', '\r\n')}`).document).toEqual(document)
  })

  test('may use anchors, aliases and merge keys', () => {
    const text = `${head}x-defaults: &defaults { retries: 2, tags: &tags [a] }
tasks:
  one: { <<: *defaults, type: log.message, with: { message: a } }
  two: { <<: [{ retries: 5 }, *defaults], retries: 7, type: log.message, with: { message: b }, tags: *tags }
  three: { <<: [{ retries: 5 }, *defaults], type: log.message, with: { message: b } }
`
    const tasks = read(text).document?.tasks
    expect(tasks?.map(({ retries }) => retries)).toEqual([2, 7, 5])
    expect(tasks?.map(({ tags }) => tags)).toEqual([['a'], ['a'], ['a']])
  })

  test('writes retry delays in three ways', () => {
    const delayOf = (written: string) =>
      read(flow(`a: { type: log.message, with: { message: x }, retry_delay: ${written} }`)).document?.tasks[0]
        ?.retryDelay
    expect(delayOf('1m 30s')).toEqual({ kind: 'fixed', delay: 90_000 })
    expect(delayOf('[5, 1m]')).toEqual({ kind: 'list', delays: [5_000, 60_000] })
    expect(delayOf('exponential')).toEqual({ kind: 'exponential', base: 1_000 })
    expect(delayOf('{ exponential: 10s }')).toEqual({ kind: 'exponential', base: 10_000 })
  })

  test('keeps words that other YAML readers take for true and false', () => {
    const { document: found } = read(flow('on: { type: log.message, with: { message: no }, tags: [yes, 2020-11-01] }'))
    expect(found?.tasks[0]).toMatchObject({ id: 'on', with: { message: 'no' }, tags: ['yes', '2020-11-01'] })
  })

  test('raises settings that were written for an older version of the type', () => {
    const task = 'b: { type: table.filter, version: 1, inputs: { table: a.table }, with: { condition: "x > 1" } }'
    const source = 'f: { type: http.download, with: { url: u } }\na: { type: table.read, inputs: { files: f.file } }\n'
    expect(read(flow(source + task)).document?.tasks[2]?.with).toEqual({ where: 'x > 1' })
    expect(codes(problemsOf(flow(source + task.replace('version: 1, ', ''))))).toEqual(['unknown-setting'])
    expect(codes(problemsOf(flow(source + task.replace('version: 1', 'version: 9'))))).toContain('bad-version')
  })

  test('lets hooks know how the run ended, and keeps their tasks apart', () => {
    const hooks = 'hooks:\n  on_failure:\n    tell: { type: log.message, with: { message: "{{ run.state }}" } }\n'
    const main = 'a: { type: log.message, with: { message: "{{ run.name }}" } }'
    expect(read(flow(main) + hooks).document?.hooks.on_failure.map(({ id }) => id)).toEqual(['tell'])
    expect(codes(problemsOf(flow(main.replace('run.name', 'run.state')) + hooks))).toEqual(['unknown-name'])
    expect(codes(problemsOf(flow(main) + hooks.replace('tell', 'a')))).toEqual(['duplicate-task'])
  })
})

describe('a flow with twelve distinct mistakes', () => {
  const text = readFileSync(new URL('../../test/fixtures/twelve-mistakes.yaml', import.meta.url), 'utf8')
  const { document, problems } = read(text)

  test('has twelve problems and no document', () => {
    expect(problems.map(spot)).toEqual([
      '6:58 bad-default',
      '19:12 unknown-name',
      '21:18 bad-duration',
      '28:11 unknown-task-type',
      '34:22 unknown-output',
      '37:3 missing-input',
      '44:21 bad-setting',
      '48:22 wrong-kind',
      '54:23 wrong-block',
      '56:3 cycle',
      '72:22 unknown-filter',
      '73:5 unknown-key',
    ])
    expect(document).toBeNull()
  })

  test('says of each what is wrong and what to do', () => {
    for (const problem of problems) {
      expect(problem.message).toMatch(/[.?]$/)
      expect(problem.remedy).not.toBe('')
      expect(problem.path.length).toBeGreaterThan(0)
    }
    const remedies = problems.map(({ remedy }) => remedy)
    expect(remedies).toContain('Did you mean “color”?')
    expect(remedies).toContain('Did you mean “table.filter”?')
    expect(problems.find(({ code }) => code === 'cycle')?.message).toContain('first → second → third → first')
  })
})

const source = `f: { type: http.download, with: { url: u } }
r: { type: table.read, inputs: { files: f.file } }
`
const mapped = `m: { type: http.download, for_each: [1, 2], with: { url: "{{ item }}" } }
`
describe('problems', () => {
  test('point into what an alias or a merge key stands for', () => {
    const text = `${head}x-shared: &shared\n  retries: many\ntasks:\n  a: { <<: *shared, type: log.message, with: { message: x } }\n`
    expect(problemsOf(text).map(spot)).toEqual(['4:12 bad-value'])
  })

  test('name both places of a task that is there twice', () => {
    const [problem] = problemsOf(flow(`${source}f: { type: table.read }`))
    expect(problem && spot(problem)).toBe('6:3 duplicate-task')
    expect(problem?.message).toContain('line 4')
  })

  test('point at the opening of what is never closed', () => {
    expect(problemsOf(flow('a:\n  type: log.message\n  with: { message: "x }\nb: {}\n')).map(spot)).toEqual([
      '6:22 yaml-syntax',
    ])
    expect(problemsOf(flow('a: { type: log.message, with: { message: x }\nb: {}\n')).map(spot)).toEqual([
      '4:6 yaml-syntax',
    ])
  })

  test('before broken syntax are told, those after it wait until it is mended', () => {
    const text = flow(
      'a: { type: log.mesage, with: { message: x } }\nb: { type: "log.message }\nc: { type: log.mesage }\n',
    )
    expect(problemsOf(text).map(spot)).toEqual(['4:14 unknown-task-type', '5:14 yaml-syntax'])
  })

  test('are warnings where the flow can run all the same', () => {
    const { document, problems } = read(
      flow('a: { type: script.shell, as: x, with: { script: "echo {{ run.id | raw }}" } }'),
    )
    expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning unused-key',
      'warning raw-expression',
    ])
    expect(document).not.toBeNull()
  })

  test('say of notify that it has no effect, and what tells people', () => {
    const { document, problems } = read(
      flow('a: { type: log.message, with: { message: x } }', 'notify: { slack: block:slack-webhook/team }\n'),
    )
    expect(problems).toMatchObject([{ line: 3, column: 1, path: ['notify'], severity: 'warning', code: 'unused-key' }])
    expect(`${problems[0]?.message} ${problems[0]?.remedy}`).toBe(
      '“notify” has no effect. To tell people, write a notify.send task under hooks, for example on_failure.',
    )
    expect(document?.notify).toEqual({ slack: 'block:slack-webhook/team' })
  })

  test('name circles in the order in which their tasks would run', () => {
    const tasks = `${source.replace('http.download, with', 'http.download, after: [u], with')}w: { type: table.write, inputs: { table: r.table } }
u: { type: storage.upload, inputs: { files: w.file }, with: { storage: block:local-file-system/lake } }`
    expect(problemsOf(flow(tasks)).map(({ message }) => message)).toEqual([
      'These tasks wait for one another in a circle: f → r → w → u → f.',
    ])
  })

  test('about blocks, files and flows outside come when somebody can answer', () => {
    const text = flow(
      `${source}l: { type: database.load, inputs: { table: r.table }, with: { database: block:duckdb/gone, into: t } }
s: { type: flow.run, with: { flow: child.yaml } }
e: { type: log.message, with: { message: "{{ blocks.string.gone.value }}" } }`,
      'parameters: { file: { type: file, default: gone.csv } }\n',
    )
    expect(problemsOf(text)).toEqual([])
    const no = () => false
    expect(codes(problemsOf(text, { blockExists: no, flowExists: no, fileExists: no }))).toEqual([
      'unknown-file',
      'unknown-block',
      'unknown-flow',
      'unknown-block',
    ])
  })

  test('in settings wait where an expression decides the value', () => {
    const task =
      'f: { type: http.download, with: { url: "{{ p }}", max_redirects: "{{ p }}", idle_timeout: "{{ p }}" } }'
    expect(problemsOf(flow(task, 'parameters: { p: { type: string } }\n'))).toEqual([])
  })

  test('say when a block parameter allows what does not fit', () => {
    const load = `${source}l: { type: database.load, inputs: { table: r.table }, with: { database: "{{ b }}", into: t } }`
    const withTypes = (types: string) =>
      problemsOf(flow(load, `parameters: { b: { type: block, types: [${types}] } }\n`))
    expect(withTypes('duckdb, postgres')).toEqual([])
    expect(codes(withTypes('duckdb, local-file-system'))).toEqual(['wrong-block'])
  })
})

test('code is never a template', () => {
  const { document } = read(flow(`a: { type: script.python, with: { code: "print(f'{{x}}')" } }`))
  expect(document?.tasks[0]?.with).toEqual({ code: "print(f'{{x}}')" })
})

test('mapped tasks over the same items are wired item by item', () => {
  const tasks = `${mapped}r: { type: table.read, for_each: m, inputs: { files: m.file } }
w: { type: table.write, for_each: r, inputs: { table: r.table } }
u: { type: storage.upload, inputs: { files: w.file }, with: { storage: block:local-file-system/lake } }`
  expect(problemsOf(flow(tasks))).toEqual([])
})

test('a stream of flows is read in order, and its flows know one another', () => {
  const root = `millrace: 1\nname: root\ntasks:\n  a: { type: flow.run, with: { flow: child } }\n`
  const child = `millrace: 1\nname: child\ntasks: {}\n`
  const readings = readFlows(`${root}---\n${child}`, { catalogue, flowExists: () => false })
  expect(readings.map(({ document }) => document?.name)).toEqual(['root', 'child'])
  expect(codes(problemsOf(root, { flowExists: () => false }))).toEqual(['unknown-flow'])
})
