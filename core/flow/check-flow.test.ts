import { describe, expect, test } from 'vitest'
import type { Problem } from '#core/model/problem.ts'
import { smallCatalogue as catalogue } from '#test/fixtures/small-catalogue.ts'
import { readFlow } from './read-flow.ts'

const read = (text: string) => readFlow(text, { catalogue })

const head = 'millrace: 1\nname: a\n'
const flow = (tasks: string, before = '') => `${head}${before}tasks:\n${tasks.replaceAll(/^/gm, '  ')}\n`
const codes = (problems: readonly Problem[]) => problems.map(({ code }) => code)

const source = `f: { type: http.download, with: { url: u } }
r: { type: table.read, inputs: { files: f.file } }
`
const mapped = `m: { type: http.download, for_each: [1, 2], with: { url: "{{ item }}" } }
`
const log = (rest: string) => `a: { type: log.message, with: { message: x }, ${rest} }`
const shell = (rest: string) => `a: { type: script.shell, with: { script: "echo", ${rest} } }`
const parameter = (rest: string) => flow(log('tags: []'), `parameters:\n  p: { ${rest} }\n`)

describe('one mistake is one problem', () => {
  // prettier-ignore
  test.each<[string, string, string]>([
    ['no version', 'name: a\ntasks: {}\n', 'missing-version'],
    ['another version', 'millrace: 2\nname: a\ntasks: {}\n', 'unsupported-version'],
    ['a misspelt version', 'milrace: 1\nname: a\ntasks: {}\n', 'unknown-key'],
    ['no tasks', head, 'missing-tasks'],
    ['misspelt tasks', `${head}task: {}\n`, 'unknown-key'],
    ['a name with a slash', 'millrace: 1\nname: a/b\ntasks: {}\n', 'bad-name'],
    ['a list of tasks', `${head}tasks: []\n`, 'bad-value'],
    ['a task without a type', flow('a: { with: { message: x } }'), 'missing-type'],
    ['a misspelt “type”', flow('a: { typ: log.message, with: { message: x } }'), 'unknown-key'],
    ['misspelt “inputs”', flow(`${source}a: { type: table.write, input: { table: r.table } }`), 'unknown-key'],
    ['misspelt “with”', flow('a: { type: log.message, wiht: { message: x } }'), 'unknown-key'],
    ['a misspelt setting', flow('a: { type: log.message, with: { mesage: x } }'), 'unknown-setting'],
    ['a misspelt port', flow(`${source}a: { type: table.write, inputs: { tabel: r.table } }`), 'unknown-port'],
    ['no setting', flow('a: { type: log.message }'), 'missing-setting'],
    ['no input', flow('a: { type: table.read }'), 'missing-input'],
    ['an empty list for an input', flow('a: { type: table.read, inputs: { files: [] } }'), 'missing-input'],
    ['an unknown type, used by others', flow(source.replace('http.', 'htp.')), 'unknown-task-type'],
    ['a bad id, used by others', flow(source.replaceAll(/\bf\b/g, 'F')), 'bad-task-id'],
    ['a task that is no mapping', flow('a: hello'), 'bad-value'],
    ['an unknown task', flow('r: { type: table.read, inputs: { files: f.file } }'), 'unknown-task'],
    ['an unknown task in after', flow(log('after: [b]')), 'unknown-task'],
    ['an unknown output', flow(source.replace('f.file', 'f.fil')), 'unknown-output'],
    ['a task instead of an output', flow(source.replace('f.file', 'f')), 'bad-reference'],
    ['a wrong kind', flow(`${source}a: { type: table.write, inputs: { table: f.file } }`), 'wrong-kind'],
    ['a list for one', flow(`${source}a: { type: table.write, inputs: { table: [r.table] } }`), 'not-many'],
    ['a mapped task into one', flow(`${mapped}r: { type: table.read, for_each: m, inputs: { files: m.file } }
a: { type: table.write, inputs: { table: r.table } }`), 'mapped-into-one'],
    ['for_each over a task without items', flow(`${source}a: { type: log.message, for_each: f, with: { message: x } }`), 'not-mapped'],
    ['for_each over text', flow(log('for_each: "a{{ run.id }}"')), 'bad-for-each'],
    ['for_each over nothing known', flow(log('for_each: months')), 'unknown-task'],
    ['a task that waits for itself', flow(log('after: [a]')), 'cycle'],
    ['a task that reads itself', flow('a: { type: script.shell, with: { script: "echo {{ tasks.a.value }}" } }'), 'cycle'],
    ['negative retries', flow(log('retries: -1')), 'bad-value'],
    ['retries as text', flow(log('retries: "3"')), 'bad-value'],
    ['a bad delay in a list', flow(log('retry_delay: [1s, soon]')), 'bad-duration'],
    ['an unknown run_if', flow(log('run_if: all_success')), 'bad-value'],
    ['when as text', flow(log('when: "{{ run.id }} x"')), 'bad-expression'],
    ['a bad cache', flow(log('cache: true')), 'bad-value'],
    ['a bad cache key', flow(log('cache: { key: foo }')), 'bad-value'],
    ['an unknown hook', `${flow(log('tags: []'))}hooks: { on_failur: {} }\n`, 'unknown-key'],
    ['a bad setting', flow('a: { type: log.message, with: { message: x, level: loud } }'), 'bad-setting'],
    ['a number for text', flow('a: { type: log.message, with: { message: 3 } }'), 'bad-setting'],
    ['a setting of a list', flow(`${source}a: { type: table.select, inputs: { table: r.table }, with: { columns: [{ nam: x }] } }`), 'unknown-setting'],
    ['a broken expression', flow('a: { type: log.message, with: { message: "{{ x" } }'), 'bad-expression'],
    ['two names in an expression', flow('a: { type: log.message, with: { message: "{{ run.id run.id }}" } }'), 'bad-expression'],
    ['an unknown name', flow('a: { type: log.message, with: { message: "{{ x }} {{ x }}" } }'), 'unknown-name'],
    ['an unknown filter', flow('a: { type: log.message, with: { message: "{{ run.id | upper }}" } }'), 'unknown-filter'],
    ['a tag that reads files', flow('a: { type: log.message, with: { message: "{% include \'x\' %}" } }'), 'unknown-tag'],
    ['an unknown field of an output', flow(`${source}a: { type: log.message, with: { message: "{{ tasks.f.file.size_ }}" } }`), 'unknown-name'],
    ['a task by a name worked out', flow(`${source}a: { type: log.message, with: { message: "{{ tasks[run.id].file }}" } }`), 'dynamic-name'],
    ['quotes round an expression in SQL', flow(`${source}a: { type: table.filter, inputs: { table: r.table }, with: { where: "x = '{{ run.id }}'" } }`), 'quoted-expression'],
    ['a secret in an expression', flow('a: { type: log.message, with: { message: "{{ blocks.secret.x.value }}" } }'), 'secret-in-expression'],
    ['no block', flow('a: { type: database.load, inputs: { table: r.table }, with: { database: warehouse, into: t } }').replace('tasks:\n', `tasks:\n${source.replaceAll(/^(?=.)/gm, '  ')}`), 'bad-block'],
    ['a secret from a block without any', flow(shell('secrets: { A: block:string/x }')), 'wrong-block'],
    ['a secret that is not said', flow(shell('secrets: { A: block:postgres/x }')), 'bad-block'],
    ['an unknown secret', flow(shell('secrets: { A: "block:postgres/x#pasword" }')), 'bad-block'],
    ['a bad variable name', flow(shell('secrets: { A-B: block:secret/x }')), 'bad-setting'],
    ['an unknown block type', flow(shell('secrets: { A: block:secrt/x }')), 'unknown-block-type'],
    ['an unknown parameter type', parameter('type: strin'), 'bad-parameter-type'],
    ['no parameter type', parameter('default: 3'), 'bad-parameter-type'],
    ['an unknown keyword', parameter('type: integer, minimun: 3'), 'unknown-key'],
    ['a keyword of another type', parameter('type: string, minimum: 3'), 'bad-keyword'],
    ['a keyword that is wrong', parameter('type: integer, minimum: low'), 'bad-keyword'],
    ['a pattern that is none', parameter('type: string, pattern: "("'), 'bad-keyword'],
    ['a default of another type', parameter('type: integer, default: "3"'), 'bad-default'],
    ['a default out of range', parameter('type: integer, maximum: 3, default: 4'), 'bad-default'],
    ['a default item', parameter('type: array, items: { type: integer }, default: [1, x]'), 'bad-default'],
    ['a reserved name', flow(log('tags: []'), 'variables: { tasks: 3 }\n'), 'name-collision'],
    ['a word of the expression language', flow(log('tags: []'), 'variables: { empty: 3 }\n'), 'name-collision'],
    ['a variable called as a parameter', flow(log('tags: []'), 'parameters: { p: { type: string } }\nvariables: { p: 3 }\n'), 'name-collision'],
    ['an item called as a parameter', flow(log('for_each: [1], as: p'), 'parameters: { p: { type: string } }\n'), 'name-collision'],
    ['a variable from a later one', flow(log('tags: []'), 'variables: { x: "{{ y }}", y: 1 }\n'), 'unknown-name'],
    ['a variable from a task', flow(source, 'variables: { x: "{{ tasks.f.file.path }}" }\n'), 'no-tasks-here'],
    ['a task twice', flow(`${source}f: { type: table.read }`), 'duplicate-task'],
    ['a key twice', flow('a: { type: log.message, type: table.read, with: { message: x } }'), 'duplicate-key'],
    ['an alias of nothing', flow('a: { type: http.download, with: *nothing }'), 'unknown-anchor'],
    ['an alias of itself', flow(log('tags: &n [*n]')), 'alias-circle'],
    ['a merge of text', flow(log('<<: text')), 'bad-merge'],
    ['a number too large', flow('a: { type: log.message, with: { message: 12345678901234567890 } }'), 'bad-number'],
    ['infinity', flow(log('retries: .inf')), 'bad-number'],
    ['a mapping as a key', flow(log('{ a: b }: c')), 'bad-key'],
    ['a tag', flow(log('note: !secret x')), 'unknown-tag'],
    ['a tag that YAML knows but flows do not', flow(log('note: !!binary aGVsbG8=')), 'unknown-tag'],
    ['YAML 1.1', `%YAML 1.1\n---\n${flow(log('tags: []'))}`, 'yaml-version'],
    ['an open quote', flow('a: { type: log.message, with: { message: "x } }\nb: { type: nonsense }'), 'yaml-syntax'],
    ['an open bracket', flow('a: { type: log.message, with: { message: x }\nb: { type: nonsense }'), 'yaml-syntax'],
    ['a tab', `${head}tasks:\n\ta: { type: log.message }\n`, 'yaml-syntax'],
    ['an empty text', '', 'no-flow'],
    ['a list', '- a\n', 'no-flow'],
    ['two flows', `${head}tasks: {}\n---\n${head}tasks: {}\n`, 'several-flows'],
  ])('%s', (_, text, code) => {
    const { problems, document } = read(text)
    expect(codes(problems)).toEqual([code])
    expect(document).toBeNull()
  })
})
