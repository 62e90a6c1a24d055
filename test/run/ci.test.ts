import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from './step.ts'

let programs = ''

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'millrace-ci-'))
})

afterEach(() => {
  rmSync(programs, { recursive: true })
})

/** A program that comes first on the PATH. */
const writeProgram = (name: string, script: string): void => {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(programs, name), 0o755)
}

/** `.ci/run` on a machine that lacks nothing, with tests and benchmarks that end so; what it says, and its exit code. */
const runCi = (tests: { readonly says: string; readonly code: number }, benchmarks: number) => {
  writeProgram('pkg-config', 'exit 0')
  writeProgram('npm', `case "$1" in test) printf '${tests.says}'; exit ${tests.code};; *) exit ${benchmarks};; esac`)
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` }
  const { status, stdout } = spawnSync('bash', [join(root, '.ci/run')], { env, encoding: 'utf8' })
  const lines = stdout.trimEnd().split('\n')
  return { status, last: lines.at(-1), benchmarks: lines.at(-3) }
}

const passed = { says: '3 passed, 0 failed, 1 skipped\\n', code: 0 }

test.runIf(process.platform === 'linux').each([
  [0, 'Every benchmark that was measured met its target.'],
  [1, 'Some benchmarks missed their targets or failed; they are named above.'],
  [124, 'The benchmarks were ended after 180 s; what is not above was not measured.'],
  [2, 'The benchmarks could not be run; the reason is above.'],
])('benchmarks that end with %d fail nothing, and what they came to is said', (code, said) => {
  expect(runCi(passed, code)).toEqual({ status: 0, last: '3 passed, 0 failed, 1 skipped', benchmarks: said })
})

test.runIf(process.platform === 'linux')('the exit code is that of the tests, and there is always a total', () => {
  const failed = { says: '3 passed, 1 failed, 0 skipped\\n', code: 1 }
  expect(runCi(failed, 0)).toMatchObject({ status: 1, last: '3 passed, 1 failed, 0 skipped' })
  expect(runCi({ says: '', code: 0 }, 0)).toMatchObject({ status: 1, last: '0 passed, 1 failed, 0 skipped' })
})
