import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { testWithPython } from '#test/fixtures/python.ts'
import { testSecret } from '#test/fixtures/workers/pool.ts'
import { scriptPool, type ScriptPool } from '#test/fixtures/workers/scripts.ts'
import { scriptPython } from './index.ts'

let pool: ScriptPool
beforeAll(() => void (pool = scriptPool('script.python')))
afterAll(() => pool.remove())

const run: ScriptPool['run'] = (...args) => pool.run(...args)

testWithPython('it gets inputs, arguments and secrets, and gives a file and a value', async () => {
  const script = `
import json, os, sys
inputs = json.load(open(os.environ["MILLRACE_INPUTS"]))
with open(inputs["files"][0]["path"]) as given:
    text = given.read()
with open(os.path.join(os.environ["MILLRACE_OUTPUTS"], "out.txt"), "w") as out:
    out.write(text.upper())
print(sys.argv[1:], len(os.environ["LUNCH"]), os.environ["LUNCH"])
print(json.dumps({"months": inputs["args"][1], "braces": f"{{{len(text)}}}"}))
`
  const { outputs, messages } = await run(
    { script, args: ['green', [10, 11]], secrets: { LUNCH: 'block:secret/lunch' } },
    { files: { from: 'handles', handles: [pool.file('in.txt', 'grain\n')] } },
  )
  expect(messages[0]).toBe(`['green', '[10,11]'] ${testSecret.length} ********`)
  expect(outputs['value']).toEqual({ kind: 'value', value: { months: [10, 11], braces: '{6}' } })
  const file = outputs['file']
  expect(file?.kind === 'file' && readFileSync(file.path, 'utf8')).toBe('GRAIN\n')
})

testWithPython('lines come while it runs, as UTF-8 whatever the language of the machine', async () => {
  const job = pool.start({ script: 'import time\nprint("läuft")\ntime.sleep(1000)', env: { LC_ALL: 'C' } }, {}, 'live')
  await job.until('läuft')
  job.stop('cancel')
  await job.done
  expect(job.outcomes()).toEqual([{ kind: 'cancelled' }])
  const { messages } = await run({ script: 'print("mü\\udcffde")' })
  expect(messages).toEqual(['mü\ufffdde'])
})

testWithPython.each([
  ['def f():\n    raise ValueError("bad month")\n\nf()', 'ValueError: bad month (line 2 of the script).'],
  ['import json\njson.loads("{")', containing(/JSONDecodeError: .* \(line 2 of the script\)\.$/)],
  ['print(1)\nprint(', containing(/SyntaxError: .* \(line 2 of the script\)\.$/)],
  ['try:\n    1 / 0\nexcept Exception as e:\n    raise KeyError("x") from e', "KeyError: 'x' (line 4 of the script)."],
  [
    'import no_such_module',
    containing(
      /No module named 'no_such_module' \(line 1 of the script\)\. Install it for this Python \(.* -m pip install no_such_module\)/,
    ),
  ],
  ['raise AssertionError', 'AssertionError (line 1 of the script).'],
])('a traceback becomes a message with the line in the script: %j', async (script, message) => {
  const { failure } = await run({ script })
  expect(failure).toMatchObject({ code: 'check-failed', retryable: true })
  expect(failure?.message.replace('The script failed: ', '')).toEqual(message)
  expect(failure?.detail).toContain('File "')
})

testWithPython('sys.exit with a text is its last words; one with a number the exit code', async () => {
  expect((await run({ script: 'import sys\nsys.exit("no rides")' })).failure?.message).toMatch(
    /exit code 1\..*no rides/,
  )
  expect((await run({ script: 'raise SystemExit(3)' })).failure?.message).toMatch(/exit code 3/)
})

testWithPython('a script file imports the modules beside it and names its own lines', async () => {
  mkdirSync(join(pool.folder, 'code'))
  pool.file('code/mill.py', 'def grind(n):\n    return n * 2\n')
  pool.file('code/main.py', 'import mill\nprint(mill.grind(21))\nmill.grind(None)\n')
  const { messages, failure } = await run({ file: 'code/main.py', env: { PYTHONDONTWRITEBYTECODE: '1' } })
  expect(messages[0]).toBe('42')
  expect(failure?.message).toMatch(/TypeError: .*\(line 3 of the script\)/)
})

testWithPython('a virtual environment brings its own Python, and what is wrong with one is said', async () => {
  const folder = join(pool.folder, 'env')
  const made = await run({
    script:
      'import subprocess, sys\nsubprocess.run([sys.executable, "-m", "venv", "--without-pip", sys.argv[1]], check=True)',
    args: [folder],
  })
  expect(made.failure).toBeNull()
  const script = 'import os, shutil, sys\nprint(sys.prefix, os.environ["VIRTUAL_ENV"], shutil.which("python"))'
  const { messages } = await run({ script, venv: 'env' })
  expect(messages).toEqual([`${folder} ${folder} ${join(folder, 'bin', 'python')}`])

  rmSync(join(folder, 'bin', 'python'))
  symlinkSync('/no/such/python', join(folder, 'bin', 'python'))
  expect((await run({ script, venv: 'env' })).failure?.message).toMatch(/is broken.*python3 -m venv env --clear/)
  expect((await run({ script, venv: 'code' })).failure).toMatchObject({
    code: 'not-found',
    message: containing(/no virtual environment in.*python3 -m venv code/),
  })
})

testWithPython('the interpreter is a name on the PATH or a path; one that is missing is named', async () => {
  const wrapper = join(pool.folder, 'my-python')
  writeFileSync(wrapper, '#!/bin/sh\necho wrapped\nexec python3 "$@"\n')
  chmodSync(wrapper, 0o755)
  expect((await run({ script: 'print("in")', python: './my-python' })).messages).toEqual(['wrapped', 'in'])
  expect((await run({ script: 'print("in")', python: 'python3' })).messages).toEqual(['in'])
  expect((await run({ script: '1', python: 'python9' })).failure?.message).toMatch(/“python9” on the PATH/)
  expect((await run({ script: '1', python: './none' })).failure?.message).toMatch(/no program “.*none”/)
  const without = scriptPool('script.python', { PATH: pool.folder })
  try {
    expect((await without.run({ script: 'print(1)' })).failure).toMatchObject({
      code: 'not-found',
      message: containing(/There is no Python on this machine.*Install it/),
    })
  } finally {
    await without.remove()
  }
})

test('an interpreter and a virtual environment exclude one another', () => {
  const both = scriptPython.config.safeParse({ script: '1', python: 'python3', venv: '.venv' })
  expect(both.error?.issues.map(({ path }) => path)).toEqual([['venv']])
})

test.each(scriptPython.examples)('example %# is valid', (example) => {
  expect(scriptPython.config.safeParse(example).success).toBe(true)
})
