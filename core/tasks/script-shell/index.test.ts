import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Handle, JsonValue } from '#core/model/handle.ts'
import type { JobInput, JobOutcome } from '#core/model/worker-job.ts'
import { findKin } from '#core/world/processes/process-tree.ts'
import { cleanEnvironment } from '#core/world/processes/clean-environment.ts'
import { forkNode } from '#core/world/workers/forked-process.ts'
import { tableBudgetEnvironment } from '#core/world/workers/table-budget.ts'
import { containing } from '#test/fixtures/containing.ts'
import { testPool, testSecret, type TestPool } from '#test/fixtures/workers/pool.ts'
import { scriptShell } from './index.ts'

let pool: TestPool
beforeAll(() => {
  const budget = tableBudgetEnvironment({
    spill: tmpdir(),
    types: tmpdir(),
    memoryLimit: 256 * 1024 * 1024,
    threads: 1,
  })
  pool = testPool({
    fork: forkNode({ entry: fileURLToPath(import.meta.resolve('#core/worker.ts')) }),
    env: { ...cleanEnvironment(process.env), ...budget },
  })
})
afterAll(() => pool.remove())

type Settings = Readonly<Record<string, JsonValue>>

const start = (settings: Settings, inputs: Readonly<Record<string, JobInput>> = {}, name = 'script') =>
  pool.start([{ type: 'script.shell', settings, inputs, taskRun: name, taken: ['file', 'value'] }], name)

const run = async (...args: Parameters<typeof start>) => {
  const job = start(...args)
  await job.done
  const outcome: JobOutcome | undefined = job.outcomes()[0]
  const outputs = outcome?.kind === 'completed' ? outcome.outputs : {}
  const failure = outcome?.kind === 'failed' || outcome?.kind === 'crashed' ? outcome.failure : null
  return { outcome, outputs, failure, messages: job.messages() }
}

const fileHandle = (name: string, text: string): Handle => {
  const path = join(pool.folder, name)
  writeFileSync(path, text)
  return { kind: 'file', path, name, bytes: text.length, sha256: null }
}

test('stdout is the log, the last line of it the value when it is JSON, and no file is no output', async () => {
  const { outputs, messages } = await run({ script: `echo hello; echo '{"rows": 3}'` })
  expect(messages).toEqual(['hello', '{"rows": 3}'])
  expect(outputs).toEqual({ value: { kind: 'value', value: { rows: 3 } } })
  expect((await run({ script: 'echo just text' })).outputs).toEqual({})
})

test('it runs in a folder of its own, in a small clean environment with the variables it is given', async () => {
  const { messages } = await run(
    { script: 'pwd; ls; env | cut -d= -f1; echo "$COLOR"', env: { COLOR: 'green' } },
    {},
    'place',
  )
  expect(messages.slice(0, 2)).toEqual([join(pool.folder, 'scratch', 'place'), 'millrace-inputs.json'])
  expect(messages.at(-1)).toBe('green')
  expect(messages.filter((line) => line.startsWith('MILLRACE_')).toSorted()).toEqual([
    'MILLRACE_ATTEMPT',
    'MILLRACE_INPUTS',
    'MILLRACE_OUTPUTS',
    'MILLRACE_TASK_RUN',
  ])
  expect(messages).not.toContain('VITEST')
})

test('input files come as paths one a line, and all inputs as JSON', async () => {
  const handles = [fileHandle('a b.txt', 'one\n'), fileHandle('c.txt', 'two\n')]
  const { outputs, messages } = await run(
    { script: 'echo "$MILLRACE_INPUT_FILES" | while read -r f; do cat "$f"; done; tr -d "\\n" < "$MILLRACE_INPUTS"' },
    { files: { from: 'handles', handles }, values: { from: 'handle', handle: { kind: 'value', value: [1, 'x'] } } },
  )
  expect(messages.slice(0, 2)).toEqual(['one', 'two'])
  expect(outputs['value']).toMatchObject({
    value: { files: [{ name: 'a b.txt', bytes: 4 }, { name: 'c.txt' }], tables: [], values: [[1, 'x']] },
  })
})

test('a table comes as the path of a Parquet file', async () => {
  const csv = fileHandle('rows.csv', 'a,b\n1,x\n2,y\n')
  const read = pool.start([
    { type: 'table.read', taskRun: 'rows', inputs: { files: { from: 'handles', handles: [csv] } }, taken: ['table'] },
  ])
  await read.done
  const [outcome] = read.outcomes()
  const table = outcome?.kind === 'completed' ? outcome.outputs['table'] : undefined
  if (!table) throw new Error(JSON.stringify(outcome))
  const { messages } = await run(
    { script: 'head -c 4 "$MILLRACE_INPUT_TABLES"' },
    { tables: { from: 'handle', handle: table } },
  )
  expect(messages).toEqual(['PAR1'])
})

test('the only file written is the output, with its hash; of several the one that is named', async () => {
  const one = await run({ script: 'echo data > "$MILLRACE_OUTPUTS/out.csv"' }, {}, 'one')
  expect(one.outputs['file']).toMatchObject({
    kind: 'file',
    name: 'out.csv',
    bytes: 5,
    sha256: containing(/^[0-9a-f]{64}$/),
  })
  const file = one.outputs['file']
  expect(file?.kind === 'file' && readFileSync(file.path, 'utf8')).toBe('data\n')
  const two = 'echo 1 > "$MILLRACE_OUTPUTS/a"; echo 2 > "$MILLRACE_OUTPUTS/b"'
  expect((await run({ script: two, output: 'b' }, {}, 'two')).outputs['file']).toMatchObject({ name: 'b' })
  expect((await run({ script: two }, {}, 'two')).failure?.message).toMatch(/wrote 2 files.*“output”.*a, b/)
  expect((await run({ script: 'true', output: 'c' }, {}, 'three')).failure?.message).toMatch(
    /did not write “c”.*wrote none/,
  )
})

test('a secret reaches the script and stays out of log, value and failure', async () => {
  const secrets = { LUNCH: 'block:secret/lunch' }
  const good = await run({ script: 'echo ${#LUNCH} $LUNCH; echo "\\"$LUNCH\\""', secrets })
  expect(good.messages).toEqual([`${testSecret.length} ********`, '"********"'])
  expect(good.outputs['value']).toEqual({ kind: 'value', value: '********' })
  const bad = await run({ script: 'echo "no $LUNCH" >&2; exit 3', secrets })
  expect(bad.failure).toMatchObject({ message: containing('no ********'), detail: 'no ********' })
  expect((await run({ script: 'true', secrets: { A: 'block:secret/none' } })).failure?.code).toBe('not-found')
})

test('it stops at the first command that fails; the exit code and the last words are told', async () => {
  const { failure, messages } = await run({ script: 'echo one; ls /no/such/folder; echo never' })
  expect(failure).toMatchObject({
    code: 'check-failed',
    message: containing(/exit code 2\. .*no\/such\/folder/),
    detail: containing('ls:'),
  })
  expect(messages).not.toContain('never')
  expect((await run({ script: 'no-such-command' })).failure?.message).toMatch(
    /exit code 127 \(a command in it does not exist/,
  )
  expect((await run({ script: 'true', shell: 'no-such-shell' })).failure).toMatchObject({
    code: 'not-found',
    message: containing('no-such-shell'),
  })
})

test('a script that is killed from outside has crashed', async () => {
  const { outcome } = await run({ script: 'kill -KILL $$' })
  expect(outcome).toMatchObject({ kind: 'crashed', failure: { message: containing('SIGKILL') } })
})

test('a script too long for an argument runs all the same', async () => {
  const { messages } = await run({ script: `${'# a long comment\n'.repeat(20_000)}echo end` })
  expect(messages).toEqual(['end'])
})

test('a retry finds nothing of the attempt before, also after a resume, which counts anew', async () => {
  const settings = {
    script: 'ls | grep -v millrace || true; ls "$MILLRACE_OUTPUTS"; touch left; touch "$MILLRACE_OUTPUTS/left"',
  }
  const attempt = async (count: number) => {
    const job = pool.start([{ type: 'script.shell', settings, taskRun: 'again', attempt: count }])
    await job.done
    return job.messages()
  }
  expect([await attempt(1), await attempt(2), await attempt(1)]).toEqual([[], [], []])
})

test('cancel ends a script with a daemon that ignores SIGTERM, in less than 5 seconds', async () => {
  const stubborn = 'trap "" TERM; while :; do sleep 0.05; done'
  const job = start({ script: `setsid sh -c '(${stubborn}) & echo daemon' & ${stubborn}` }, {}, 'stopped')
  await job.until('daemon')
  const stoppedAt = performance.now()
  job.stop('cancel')
  await job.done
  expect(performance.now() - stoppedAt).toBeLessThan(5000)
  expect(job.outcomes()).toEqual([{ kind: 'cancelled' }])
  expect(findKin({ cookies: [`${pool.homeId}/stopped`], root: null })).toEqual([])
})

test.each(scriptShell.examples)('example %# is valid', (example) => {
  expect(scriptShell.config.safeParse(example).success).toBe(true)
})
