import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { cleanEnvironment } from './clean-environment.ts'
import { killByCookie } from './kill-by-cookie.ts'
import { processTable } from './process-table.ts'
import { findKin, signal } from './process-tree.ts'
import { runProcess, type RunProcess } from './run-process.ts'
import { watchStrays } from './strays.ts'

let folder = ''
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'millrace-processes-'))))
afterAll(() => rmSync(folder, { recursive: true }))

const env = cleanEnvironment(process.env)
let count = 0

/** Runs a script; `until` resolves when its output holds the text. */
const shell = (script: string, options: Partial<RunProcess> = {}) => {
  const cookie = options.cookie ?? `home/run/task-${(count += 1)}`
  const stop = new AbortController()
  const cwd = mkdtempSync(join(folder, 'run-'))
  writeFileSync(join(cwd, 'up'), '')
  let text = ''
  const waiting: { text: string; resolve: () => void }[] = []
  const done = runProcess({
    command: '/bin/sh',
    args: ['-c', script],
    cwd,
    env,
    cookie,
    signal: stop.signal,
    grace: 200,
    output: (_stream, chunk) => {
      text += chunk.toString()
      for (const one of waiting) if (text.includes(one.text)) one.resolve()
    },
    ...options,
  })
  const until = (wanted: string) =>
    new Promise<void>((resolve) => (text.includes(wanted) ? resolve() : waiting.push({ text: wanted, resolve })))
  return {
    cookie,
    cwd,
    done,
    until,
    stop: () => stop.abort(),
    text: () => text,
    left: () => findKin({ cookies: [cookie], root: null }),
  }
}

/** Leaves its session and its parents, and says in the file `up` that it has. */
const daemon = (script: string) => `setsid sh -c '(echo up >> up; ${script}) >/dev/null 2>&1 </dev/null &' &`
const daemonsUp = (number: number) => `until [ "$(wc -l < up)" -ge ${number} ]; do sleep 0.01; done`
const stubborn = `trap "" TERM; while :; do sleep 0.05; done`

test('a program gives its exit code and its output, and gets the input it is given', async () => {
  const run = shell('cat; echo err >&2; exit 3', { stdin: 'hello\n' })
  expect(await run.done).toEqual({ exitCode: 3, signal: null, left: 0, excess: null })
  expect(run.text()).toContain('hello\n')
  expect(run.text()).toContain('err\n')
})

test('it gets the environment it is given, the cookie, and nothing of ours', async () => {
  process.env['MILLRACE_TEST_PRIVATE'] = 'private'
  const run = shell('env', { env: { ...cleanEnvironment(process.env), MINE: 'yes' } })
  await run.done
  delete process.env['MILLRACE_TEST_PRIVATE']
  expect(run.text()).toContain('MINE=yes\n')
  expect(run.text()).toContain(`MILLRACE_TASK_RUN=${run.cookie}\n`)
  expect(run.text()).toContain('PATH=')
  expect(run.text()).not.toContain('private')
})

test('a program that is not there is refused with what to do', async () => {
  await expect(shell('', { command: '/no/such/program' }).done).rejects.toThrow(
    /no program “\/no\/such\/program”.*Install it/,
  )
})

test('a program killed from outside says by which signal', async () => {
  expect(await shell('kill -SEGV $$').done).toEqual({ exitCode: null, signal: 'SIGSEGV', left: 0, excess: null })
})

test('stop lets a program that heeds SIGTERM finish', async () => {
  const run = shell(`trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.02; done`, { grace: 10_000 })
  await run.until('ready')
  run.stop()
  expect(await run.done).toMatchObject({ exitCode: 7 })
  expect(run.text()).toContain('bye')
})

test('stop kills a grandchild that ignores SIGTERM', async () => {
  const run = shell(`sh -c '${stubborn.replace('while', 'echo ready; while')}'; echo never`)
  await run.until('ready')
  run.stop()
  await run.done
  expect(run.left()).toEqual([])
  expect(run.text()).not.toContain('never')
})

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()
  } catch {
    return '' // It has ended.
  }
}
const running = (command: string): number[] =>
  processTable().flatMap(({ pid }) => (commandOf(pid) === command ? [pid] : []))
const killAtEnd = (command: string) => onTestFinished(() => running(command).forEach((pid) => signal(pid, 'SIGKILL')))

test('stop kills a daemon that left the session and its parents, and one that threw its environment away', async () => {
  killAtEnd('sleep 71004')
  const run = shell(
    `${daemon(stubborn)} ${daemon('exec env -i sleep 71004')} ${daemonsUp(2)}; env -i sh -c '${stubborn}' & echo ready; wait`,
  )
  await run.until('ready')
  expect(run.left().length).toBeGreaterThan(3)
  run.stop()
  await run.done
  expect(run.left()).toEqual([])
  expect(running('sleep 71004')).toEqual([])
})

test.skipIf(process.platform !== 'linux').each([
  ['holds its output', '/bin/sleep 71001', '(cd /; exec setsid env -i /bin/sleep 71001) &'],
  ['stays in its folder', '/bin/sleep 71002', 'setsid env -i /bin/sleep 71002 >/dev/null 2>&1 </dev/null &'],
])(
  'a process that left session, parents and environment, and %s, ends with the program',
  async (_tie, command, script) => {
    killAtEnd(command)
    const run = shell(`${script} until [ -e go ]; do sleep 0.01; done`)
    await expect.poll(() => running(command)).toHaveLength(1)
    writeFileSync(join(run.cwd, 'go'), '')
    expect((await run.done).left).toBeGreaterThanOrEqual(1)
    expect(running(command)).toEqual([])
  },
)

test.skipIf(process.platform !== 'linux')(
  'one that was below the program once is known when nothing ties it any more',
  async () => {
    killAtEnd('/bin/sleep 71003')
    const run = shell(
      '(cd /; exec setsid -w env -i /bin/sleep 71003 >/dev/null 2>&1 </dev/null) & until [ -e go ]; do sleep 0.01; done',
    )
    await expect.poll(() => running('/bin/sleep 71003')).toHaveLength(1)
    const [pid = 0] = running('/bin/sleep 71003')
    const strays = watchStrays(process.pid, run.cwd)
    strays.look(() => [pid])
    const row = processTable().find((one) => one.pid === pid)
    expect(row && strays.has(row)).toBe(true)
    expect(row && strays.has({ ...row, began: (row.began ?? 0) + 1 })).toBe(false)
    writeFileSync(join(run.cwd, 'go'), '')
    await run.done
  },
)

test('what a program leaves running when it ends is killed and counted', async () => {
  const run = shell(`${daemon('sleep 1000')} sleep 1000 & ${daemonsUp(1)}; echo end`)
  const end = await run.done
  expect(end).toMatchObject({ exitCode: 0 })
  expect(end.left).toBeGreaterThanOrEqual(2)
  expect(run.left()).toEqual([])
})

test('killing by cookie takes all below it, nothing beside it, and waits until they are gone', async () => {
  const runs = ['killed/run/a', 'killed/run/b[1]', 'killed2/run/a'].map((cookie) =>
    shell(`echo ready; ${stubborn}`, { cookie }),
  )
  await Promise.all(runs.map((run) => run.until('ready')))
  expect(await killByCookie('killed')).toBeGreaterThanOrEqual(2)
  expect(runs.map((run) => run.left().length > 0)).toEqual([false, false, true])
  expect(await killByCookie('killed2')).toBeGreaterThanOrEqual(1)
  expect(await killByCookie('killed2')).toBe(0)
  await Promise.all(runs.map((run) => run.done))
})

test('a reader that is slow makes the writer wait', async () => {
  let read = 0
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  let firstRead = () => {}
  const reading = new Promise<void>((resolve) => (firstRead = resolve))
  const run = shell('head -c 3000000 /dev/zero; echo written >&2', {
    output: (stream, chunk) => {
      if (stream === 'stdout') read += chunk.length
      firstRead()
      return stream === 'stdout' ? gate : undefined
    },
  })
  await reading
  expect(read).toBeLessThanOrEqual(65_536)
  release()
  await run.done
  expect(read).toBe(3_000_000)
})
