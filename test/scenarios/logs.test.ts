import { expect, test } from 'vitest'
import { jsonLines } from './millrace.ts'
import { gate, workspace, type Workspace } from './workspace.ts'

const lastRun = async (space: Workspace): Promise<string> => (await space.flowRuns())[0]?.id ?? ''

const messages = (stdout: string): string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^.*? - /, ''))

test('logs are chosen by level, text, task, and from the end', async () => {
  const space = workspace()
  const flow = space.flow(
    'talks',
    `tasks:
  quiet: { type: log.message, with: { message: all quiet } }
  warn: { type: log.message, with: { message: take care, level: warning } }
  script: { type: script.shell, with: { script: "for n in 1 2 3 4 5; do echo line $n; done; echo 100% _sure_ >&2" } }
`,
  )
  expect((await space.run(flow)).state.name).toBe('Completed')
  const run = await lastRun(space)
  const logs = async (...args: string[]) => {
    const ended = await space.millrace(['flow-run', 'logs', run, ...args])
    expect(ended.exitCode, ended.stderr).toBe(0)
    return messages(ended.stdout)
  }
  const all = await logs()
  expect(all).toEqual(expect.arrayContaining(['all quiet', 'take care', 'line 1', 'line 5', '100% _sure_']))
  expect(all.indexOf('line 1')).toBeLessThan(all.indexOf('line 5'))
  expect(await logs('--level', 'warning')).toEqual(expect.arrayContaining(['take care']))
  expect(await logs('--level', 'warning')).not.toContain('all quiet')
  expect(await logs('--search', 'LINE')).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 5'])
  expect(await logs('--search', '% _s')).toEqual(['100% _sure_'])
  expect(await logs('--task', 'quiet')).toEqual(['all quiet', 'Finished in state Completed()'])
  expect(await logs('--tail', '2')).toEqual(all.slice(-2))
  expect(await logs('--task', 'script', '--search', 'line', '--tail', '1')).toEqual(['line 5'])
  const json = await space.millrace(['flow-run', 'logs', run, '--json', '--search', 'take care'])
  expect(jsonLines(json.stdout)).toMatchObject([
    { flow_run: run, task_run: 'warn', level: 'warning', message: 'take care' },
  ])
  expect(await space.millrace(['flow-run', 'logs', run, '--level', 'loud'])).toMatchObject({ exitCode: 2 })
  const misspelt = await space.millrace(['flow-run', 'logs', run, '--task', 'quite'])
  expect(misspelt).toMatchObject({ exitCode: 3, stdout: '' })
  expect(misspelt.stderr).toMatch(/has no task run “quite”\. Did you mean “quiet”\?/)
  const item = await space.millrace(['flow-run', 'logs', run, '--task', 'quiet[0]', '--tail', '0'])
  expect(item).toMatchObject({ exitCode: 3, stdout: '' })
})

test('200,000 lines of a script come through whole and in order', async () => {
  const space = workspace()
  const flow = space.flow('many', `tasks:\n  many: { type: script.shell, with: { script: "seq 1 200000" } }\n`)
  const running = await space.millrace(['run', flow])
  expect(running.exitCode).toBe(0)
  const told = running.stderr.match(/ - \d+$/gm) ?? []
  expect(told).toHaveLength(200_000)
  const logs = await space.millrace(['flow-run', 'logs', await lastRun(space), '--task', 'many'])
  const numbers = messages(logs.stdout)
    .filter((line) => /^\d+$/.test(line))
    .map(Number)
  expect(numbers).toHaveLength(200_000)
  expect(numbers.every((number, index) => number === index + 1)).toBe(true)
  expect(messages((await space.millrace(['flow-run', 'logs', await lastRun(space), '--tail', '3'])).stdout)[0]).toMatch(
    /Finished in state|200000/,
  )
})

test('a line of 100 KB is cut and says so, and what is not UTF-8 does not break the log', async () => {
  const space = workspace()
  const flow = space.flow(
    'odd',
    `tasks:
  odd:
    type: script.shell
    with:
      script: |
        head -c 100000 /dev/zero | tr '\\0' x; echo
        printf 'before \\377\\376 after\\n'
        printf 'h\\303\\251 and half a letter: \\303\\n'
        printf '10%%\\r50%%\\r100%%\\n'
        printf 'nul \\000 byte\\n'
        printf 'no line end'
`,
  )
  expect((await space.run(flow)).state.name).toBe('Completed')
  const logs = await space.millrace(['flow-run', 'logs', await lastRun(space), '--task', 'odd', '--json'])
  const lines = jsonLines(logs.stdout).map((line) => (line as { message: string }).message)
  const [long = ''] = lines
  expect([/^x+/.exec(long)?.[0].length ?? 0, long.replace(/^x+/, '')]).toEqual([
    expect.closeTo(65_500, -2),
    ' … (cut: the line has 100,000 bytes)',
  ])
  expect(lines.slice(1, 6)).toEqual([
    'before \u{fffd}\u{fffd} after',
    'hé and half a letter: \u{fffd}',
    '100%',
    'nul \0 byte',
    'no line end',
  ])
})

test('a run is followed from another terminal: what was said before, then what is said now, until it ends', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'go')
  const flow = space.flow(
    'followed',
    `tasks:
  first: { type: script.shell, with: { script: "echo before; ${wait}; echo afterwards" } }
`,
  )
  const running = space.start(['run', flow])
  await running.saw('before')
  const followers = [
    space.start(['flow-run', 'logs', await lastRun(space), '-f']),
    space.start(['flow-run', 'logs', await lastRun(space), '-f', '--json']),
    space.start(['flow-run', 'logs', await lastRun(space), '-f', '--tail', '1']),
  ]
  const filtered = space.start(['flow-run', 'logs', await lastRun(space), '-f', '--search', 'WARDS', '--task', 'first'])
  for (const follower of followers) await follower.saw('before')
  open()
  expect(messages((await filtered.ended).stdout)).toEqual(['afterwards'])
  for (const follower of followers) {
    const ended = await follower.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(ended.stderr).toBe('')
    expect(ended.stdout).toContain('afterwards')
    expect(ended.stdout).toContain('Finished in state Completed')
    expect(ended.stdout.match(/before/g)).toHaveLength(1)
  }
  expect(await running.ended).toMatchObject({ exitCode: 0 })
})

test('Ctrl-C on a follower ends the following and not the run', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'go')
  const flow = space.flow(
    'followed',
    `tasks:\n  first: { type: script.shell, with: { script: "echo before; ${wait}" } }\n`,
  )
  const running = space.start(['run', flow])
  await running.saw('before')
  const follower = space.start(['flow-run', 'logs', await lastRun(space), '-f'])
  await follower.saw('before')
  follower.signal('SIGINT')
  expect((await follower.ended).exitCode).toBe(130)
  open()
  expect(await running.ended).toMatchObject({ exitCode: 0 })
})
