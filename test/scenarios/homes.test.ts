import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { millrace, resultOf, start, statesOf } from './millrace.ts'
import { gate, workspace } from './workspace.ts'

const hello = `tasks:
  greet: { type: log.message, with: { message: hello } }
`

/** Every file below a folder, with its content's hash and its times. */
const everyByte = (folder: string): Record<string, string> => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name)
      const hash = createHash('sha256').update(readFileSync(file)).digest('hex')
      return [path.relative(folder, file), `${hash} ${statSync(file).mtimeMs}`]
    }),
  )
}

const raiseUserVersion = (file: string): void => {
  const database = new Sqlite(file)
  database.pragma('journal_mode = delete')
  database.pragma('user_version = 999')
  database.close()
}

const raiseFormat = (file: string): void => writeFileSync(file, '{"state":999,"logs":1}\n')

test.each([
  ['its database says so', (home: string) => raiseUserVersion(path.join(home, 'state.db'))],
  ['its log database says so', (home: string) => raiseUserVersion(path.join(home, 'logs.db'))],
  ['its format file says so', (home: string) => raiseFormat(path.join(home, 'home.json'))],
])('a home written by a newer version is refused and stays byte for byte as it is: %s', async (_name, raise) => {
  const space = workspace()
  const flow = space.flow('hello', hello)
  expect((await space.run(flow)).state.name).toBe('Completed')
  raise(space.home)
  const before = everyByte(space.home)
  for (const args of [
    ['run', flow],
    ['flow-run', 'ls'],
    ['config', 'set', 'concurrency=2'],
  ]) {
    const refused = await space.millrace(args)
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain('was written by a newer version of Millrace')
  }
  expect(everyByte(space.home)).toEqual(before)
})

const mount = (...args: readonly string[]) => execFileSync('mount', args, { stdio: 'ignore' })

const canMount = ((): boolean => process.platform === 'linux' && process.getuid?.() === 0)()

/** A file system of its own, in memory. */
const disk = (folder: string, megabytes: number): void => {
  mkdirSync(folder)
  mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'millrace-scenario', folder)
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
}

test.skipIf(!canMount)('a home on a read-only disk is refused, with another place as the remedy', async () => {
  const space = workspace()
  const flow = space.flow('hello', hello)
  const folder = space.path('disk')
  disk(folder, 16)
  const home = path.join(folder, 'home')
  expect(resultOf(await millrace(['run', flow, '--json'], { home })).state.name).toBe('Completed')
  mount('-o', 'remount,ro', folder)
  for (const there of [home, path.join(folder, 'new home')]) {
    const refused = await millrace(['run', flow], { home: there })
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^Error: .*read-only disk.*--home DIR/)
    expect(refused.stderr.trim().split('\n')).toHaveLength(1)
  }
  mount('-o', 'remount,rw', folder)
  expect(resultOf(await millrace(['run', flow, '--json'], { home })).state.name).toBe('Completed')
})

test.skipIf(!canMount)(
  'on a full disk a run waits and says why; with room again it goes on and nothing is lost',
  async () => {
    const space = workspace()
    const folder = space.path('disk')
    disk(folder, 6)
    const home = path.join(folder, 'home')
    const { wait, open } = gate(space, 'full')
    const flow = space.flow(
      'full',
      `tasks:
  first: { type: script.shell, with: { script: "echo once >> '${space.path('counted')}'" } }
  stuck: { type: script.shell, after: [first], with: { script: "echo the gate; ${wait}; echo after the gate" } }
  many:
    type: log.message
    for_each: [${Array.from({ length: 300 }, (_, index) => index).join(', ')}]
    after: [stuck]
    with: { message: "item {{ item }}" }
  last: { type: script.shell, after: [many], with: { script: "echo once >> '${space.path('counted')}'" } }
`,
    )
    const running = start(['run', flow, '--json'], { home })
    await running.saw('the gate')
    const ballast = path.join(folder, 'ballast')
    expect(() => writeFileSync(ballast, Buffer.alloc(8 * 2 ** 20))).toThrow('ENOSPC')
    open()
    await running.saw('Nothing can be stored: The disk is full')
    const inspected = await millrace(['flow-run', 'ls', '--json'], { home })
    expect(inspected.stdout).toContain('"name":"Running"')
    rmSync(ballast)
    const ended = await running.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(ended.stderr).toContain('The home can be written to again; runs go on.')
    expect(ended.stderr).not.toContain('Warning:')
    const result = resultOf(ended)
    expect(new Set(Object.values(statesOf(result)))).toEqual(new Set(['Completed']))
    expect(result.tasks).toHaveLength(304)
    expect(space.read('counted')).toBe('once\nonce\n')
    const logs = await millrace(['flow-run', 'logs', result.flow_run.id], { home })
    expect(logs.stdout).toContain('after the gate')
    expect(logs.stdout.match(/ - item \d+$/gm)).toHaveLength(300)
  },
)

test.skipIf(!canMount)('a new home on a full disk is refused as such', async () => {
  const space = workspace()
  const folder = space.path('disk')
  disk(folder, 1)
  expect(() => writeFileSync(path.join(folder, 'ballast'), Buffer.alloc(2 * 2 ** 20))).toThrow('ENOSPC')
  const refused = await millrace(['flow-run', 'ls'], { home: path.join(folder, 'home') })
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^Error: The disk is full/)
})

test('a home that is a file, or lies in one, is refused with a message', async () => {
  const space = workspace()
  space.write('home', 'not a folder')
  const refused = await space.millrace(['flow-run', 'ls'])
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^Error: .*home/)
  expect(space.read('home')).toBe('not a folder')
})

test('a damaged database is refused with what to do', async () => {
  const space = workspace()
  await space.millrace(['flow-run', 'ls'])
  const file = path.join(space.home, 'state.db')
  const bytes = readFileSync(file)
  bytes.fill(7, 4096)
  writeFileSync(file, bytes)
  chmodSync(file, 0o600)
  const refused = await space.millrace(['flow-run', 'ls'])
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toContain('is damaged')
})
