import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { testSecret } from '#test/fixtures/workers/pool.ts'
import { scriptPool, type ScriptPool } from '#test/fixtures/workers/scripts.ts'
import { scriptShell } from './index.ts'

let pool: ScriptPool
beforeAll(() => void (pool = scriptPool('script.shell')))
afterAll(() => pool.remove())

const run: ScriptPool['run'] = (...args) => pool.run(...args)

test('stdout is the log, the last line of it the value when it is JSON, and no file is no output', async () => {
  const { outputs, messages } = await run({ script: `echo hello; echo '{"rows": 3}'` })
  expect(messages).toEqual(['hello', '{"rows": 3}'])
  const files = { kind: 'list', handles: [] }
  expect(outputs).toEqual({ files, value: { kind: 'value', value: { rows: 3 } } })
  expect((await run({ script: 'echo just text' })).outputs).toEqual({ files })
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
  const handles = [pool.file('a b.txt', 'one\n'), pool.file('c.txt', 'two\n')]
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
  const table = await pool.table('a,b\n1,x\n2,y\n')
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

test('all files written are an output too, in the order of their names', async () => {
  const script = 'echo 2 > "$MILLRACE_OUTPUTS/b"; echo 1 > "$MILLRACE_OUTPUTS/a"'
  const { outputs } = await run({ script, output: 'b' }, {}, 'all')
  expect(outputs['files']).toMatchObject({ kind: 'list', handles: [{ name: 'a' }, { name: 'b' }] })
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
    const job = pool.start(settings, {}, 'again', count)
    await job.done
    expect(job.outcomes()).toMatchObject([{ kind: 'completed' }])
    return job.messages()
  }
  expect([await attempt(1), await attempt(2), await attempt(1)]).toEqual([[], [], []])
})

test('cancel ends a script with a daemon that ignores SIGTERM, in less than 5 seconds', async () => {
  const stubborn = 'trap "" TERM; while :; do sleep 0.05; done'
  const job = pool.start({ script: `setsid sh -c '(${stubborn}) & echo daemon' & ${stubborn}` }, {}, 'stopped')
  await job.until('daemon')
  const stoppedAt = performance.now()
  job.stop('cancel')
  await job.done
  expect(performance.now() - stoppedAt).toBeLessThan(5000)
  expect(job.outcomes()).toEqual([{ kind: 'cancelled' }])
  expect(pool.left('stopped')).toEqual([])
})

test.each(scriptShell.examples)('example %# is valid', (example) => {
  expect(scriptShell.config.safeParse(example).success).toBe(true)
})

test('a script file gets arguments, as does a script of the flow; both see them with their types', async () => {
  pool.file('greet.sh', 'echo "$1" "$2" "$#"; tr -d " \\n" < "$MILLRACE_INPUTS"')
  const args = ['two words', ['a', 1]]
  const expected = ['two words ["a",1] 2', '{"files":[],"tables":[],"values":[],"args":["twowords",["a",1]]}']
  expect((await run({ file: 'greet.sh', args })).messages).toEqual(expected)
  expect((await run({ script: 'echo "$1" "$2" "$#"; tr -d " \\n" < "$MILLRACE_INPUTS"', args })).messages).toEqual(
    expected,
  )
  expect((await run({ file: 'none.sh' })).failure).toMatchObject({ code: 'not-found', message: containing('none.sh') })
})

test('a table comes as CSV when that is asked for: nulls empty, empty text quoted', async () => {
  const table = await pool.table('a,b\n1,"x, y"\n,""\n')
  const { messages } = await run(
    { script: 'cat "$MILLRACE_INPUT_TABLES"', tables_as: 'csv' },
    { tables: { from: 'handle', handle: table } },
  )
  expect(messages).toEqual(['a,b', '1,"x, y"', expect.stringMatching(/^,("")?$/)])
})

test('the code is given as a script or as a file, not both and not neither', () => {
  const problems = (settings: object) => scriptShell.config.safeParse(settings).error?.issues.map(({ path }) => path)
  expect(problems({})).toEqual([['script']])
  expect(problems({ script: 'true', file: 'a.sh' })).toEqual([['file']])
})

test('the cache knows a script file by its text', async () => {
  const place = { flowFolder: '/', contentHash: (path: string) => Promise.resolve(`hash of ${path}`) }
  expect(await scriptShell.fingerprint(scriptShell.config.parse({ file: 'a.sh' }), place)).toBe('hash of a.sh')
  expect(await scriptShell.fingerprint(scriptShell.config.parse({ script: 'true' }), place)).toBeNull()
})
