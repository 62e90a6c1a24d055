import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-run-')))
  // Another path to this Node, so that it counts as another Node.
  symlinkSync(process.execPath, join(folder, 'node'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

type Given = {
  readonly args?: readonly string[]
  /** File descriptors from 3 on. */ readonly descriptors?: readonly number[]
}

/** A process that runs `program` through runNode. */
const start = (node: string, program: string, given: Given = {}): ChildProcessByStdio<null, Readable, null> => {
  const { args = ['one', 'two words'], descriptors = [] } = given
  writeFileSync(join(folder, 'program.mjs'), program)
  const caller = `import { runNode } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'run-node.js')))}
    await runNode(${JSON.stringify(node)}, ${JSON.stringify(join(folder, 'program.mjs'))}, ${JSON.stringify(args)}, ${JSON.stringify(folder)})`
  return spawn(process.execPath, ['--input-type=module', '--eval', caller], {
    stdio: ['ignore', 'pipe', 'inherit', ...descriptors],
  }) as ChildProcessByStdio<null, Readable, null>
}

const outputOf = async (child: ChildProcessByStdio<null, Readable, null>): Promise<string> => {
  let text = ''
  for await (const chunk of child.stdout) text += String(chunk)
  return text
}

const echo = 'process.stdout.write(JSON.stringify([process.argv.slice(2), process.cwd()])); process.exitCode = 3'

test('the same Node runs the program in this process, another one in a child; the program cannot tell', async () => {
  for (const node of [process.execPath, join(folder, 'node')]) {
    const child = start(node, echo)
    const ended = once(child, 'exit')
    expect(JSON.parse(await outputOf(child))).toEqual([['one', 'two words'], folder])
    expect(await ended).toEqual([3, null])
  }
})

const patient = `process.on('SIGTERM', () => { console.log('asked to stop'); process.exit(130) })
  setInterval(() => {}, 1000)
  console.log('ready')`

test('a signal reaches the child, and the exit code of the child is kept', async () => {
  const child = start(join(folder, 'node'), patient)
  const ended = once(child, 'exit')
  const ready: unknown[] = await once(child.stdout, 'data')
  expect(String(ready)).toBe('ready\n')
  child.kill('SIGTERM')
  expect(await outputOf(child)).toBe('asked to stop\n')
  expect(await ended).toEqual([130, null])
})

test('a child that was killed gives the exit code a shell would give', async () => {
  const child = start(join(folder, 'node'), "process.kill(process.pid, 'SIGKILL')")
  expect(await once(child, 'exit')).toEqual([137, null])
})

test('the descriptor that a passphrase comes from reaches the child', async () => {
  const words = join(folder, 'words')
  writeFileSync(words, 'quite a few words')
  const descriptor = openSync(words, 'r')
  const read = "process.stdout.write((await import('node:fs')).readFileSync(3, 'utf8'))"
  const child = start(join(folder, 'node'), read, { args: ['--passphrase-fd', '3'], descriptors: [descriptor] })
  expect(await outputOf(child)).toBe('quite a few words')
  const both = { args: ['--passphrase-fd', '0', '--new-passphrase-fd', '3'], descriptors: [descriptor] }
  expect(
    await outputOf(start(join(folder, 'node'), "(await import('node:fs')).fstatSync(3); console.log('there')", both)),
  ).toBe('there\n')
  closeSync(descriptor)
})
