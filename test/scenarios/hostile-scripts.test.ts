import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { formsOf, hostileScripts } from '#test/fixtures/hostile-scripts.ts'
import { describeUnlessPythonIsMissing } from '#test/fixtures/python.ts'
import { isLinux, leftOver } from './left-over.ts'
import { resultOf, taskOf } from './millrace.ts'
import { workspace } from './workspace.ts'

type Language = keyof typeof hostileScripts

const secret = 'tuna-sandwich-with-pickles'
const vault = { MILLRACE_VAULT_PASSPHRASE: 'only for tests' }

const indented = (text: string): string => text.replace(/^/gm, '        ')

/** The tasks of a flow of one script; `rest` are further settings. */
const tasksOf = (language: Language, code: string, rest = ''): string =>
  `tasks:\n  it:\n    type: script.${language}\n    timeout: 20s\n    with:\n      ${rest}\n      script: |\n${indented(code)}\n`

/** All files below a folder. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

const bytesIn = (folder: string): number => filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0)

describe('script.shell', () => {
  misdeeds('shell')
})
describeUnlessPythonIsMissing('script.python', () => {
  misdeeds('python')
})
describe('script.node', () => {
  misdeeds('node')
})

function misdeeds(language: Language): void {
  const { flood, stubborn, hoard, greedy, blab } = hostileScripts[language]

  test('a flood of output ends with its time-out, and what runs beside it is not held up', async () => {
    const space = workspace()
    const tasks = tasksOf(language, flood).replace('timeout: 20s', 'timeout: 2s')
    const file = space.flow('flood', `${tasks}  beside: { type: log.message, with: { message: beside } }\n`)
    const startedAt = Date.now()
    const result = await space.run(file)
    expect(Date.now() - startedAt).toBeLessThan(20_000)
    expect(taskOf(result, 'it').state).toMatchObject({ name: 'TimedOut' })
    expect(taskOf(result, 'beside').state.name).toBe('Completed')
    const { stdout } = await space.millrace(['flow-run', 'logs', result.flow_run.id, '--tail', '20'])
    expect(stdout).toContain('the mill grinds')
    if (isLinux) expect(leftOver(space.home)).toEqual([])
  })

  test.runIf(isLinux)('Ctrl-C ends one that is deaf to SIGTERM within 5 s, its daemon with it', async () => {
    const space = workspace()
    const running = space.start(['run', space.flow('hostile', tasksOf(language, stubborn))])
    await running.saw('daemon')
    expect(leftOver(space.home).length).toBeGreaterThan(2)
    const asked = Date.now()
    running.signal('SIGINT')
    expect((await running.ended).exitCode).toBe(130)
    expect(Date.now() - asked).toBeLessThan(5000)
    expect(leftOver(space.home)).toEqual([])
  })

  test('one that writes without end fails at its disk limit, and what it wrote goes', async () => {
    const space = workspace()
    const result = await space.run(space.flow('hostile', tasksOf(language, hoard, 'disk_limit: 40 MB')))
    expect(taskOf(result, 'it').state.message).toMatch(/The script wrote .* more than its limit of 40.0 MB/)
    expect(bytesIn(path.join(space.home, 'runs'))).toBeLessThan(1_000_000)
    if (isLinux) expect(leftOver(space.home)).toEqual([])
  })

  test('one that takes memory without end fails at its limit', async () => {
    const space = workspace()
    const result = await space.run(space.flow('hostile', tasksOf(language, greedy, 'memory_limit: 250 MB')))
    expect(taskOf(result, 'it').state.message).toMatch(/of memory, more than its limit of 250 MB/)
    if (isLinux) expect(leftOver(space.home)).toEqual([])
  })

  test('a secret that it prints in every way is in no output, no name and no file of the home', async () => {
    const space = workspace()
    await space.millrace(['config', 'set', 'secrets=vault'])
    const input = secret
    await space.millrace(['block', 'create', 'secret', 'lunch', '--stdin', 'value'], { env: vault, input })
    const file = space.flow('hostile', tasksOf(language, blab, 'secrets: { LUNCH: block:secret/lunch }'))
    const ran = await space.millrace(['run', file, '--json'], { env: vault })
    expect(resultOf(ran).state.name, ran.stderr).toBe('Completed')
    const { stdout } = await space.millrace(['flow-run', 'logs', resultOf(ran).flow_run.id])
    expect(stdout).toContain('it is ********')
    const files = filesIn(space.home)
    expect(files.some((name) => name.endsWith('for hidden.txt'))).toBe(true)
    const all = [ran.stdout, ran.stderr, stdout, ...files, ...files.map((name) => readFileSync(name, 'latin1'))]
    for (const form of formsOf(secret)) expect(all.filter((text) => text.includes(form)).length).toBe(0)
  })
}

test('a log is kept up to 200 MB, says where it was cut, and the script goes on', async () => {
  const space = workspace()
  const line = 'head -c 230000000 /dev/zero | tr "\\0" x | fold -w 60000; echo; echo "{\\"end\\": true}"'
  const result = await space.run(space.flow('long', tasksOf('shell', line)))
  expect(taskOf(result, 'it')).toMatchObject({
    state: { name: 'Completed' },
    outputs: { value: { end: true } },
  })
  const { stdout } = await space.millrace(['flow-run', 'logs', result.flow_run.id, '--level', 'warning'])
  expect(stdout).toMatch(/This log has reached [\d,]+ lines and 200 MB, which is the most that is kept/)
  expect(statSync(path.join(space.home, 'logs.db')).size).toBeLessThan(260_000_000)
})
