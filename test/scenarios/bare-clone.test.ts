import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative, sep } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '#test/run/step.ts'

const made = new Set(['node_modules', 'dist', '.git', '.cache'])

const clone = mkdtempSync(join(tmpdir(), 'millrace-clone-'))
cpSync(root, clone, { recursive: true, filter: (path) => !made.has(relative(root, path).split(sep)[0] ?? '') })

afterAll(() => {
  rmSync(clone, { recursive: true, force: true })
})

/** Node and npm as the machine has them, without those of this project. */
const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
const env = { PATH: folders.join(delimiter), HOME: process.env['HOME'] }

const run = (command: string, args: string[], cwd = clone) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('in a bare clone npm start sets up once, says so on stderr only, and the next start is silent', () => {
  const first = run('npm', ['-s', 'start', '--', 'version'])
  expect(first.stderr).toContain('Packages are installed')
  expect(first.stderr).toContain('Building Millrace')
  expect(first.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(first.status).toBe(0)

  const second = run('npm', ['-s', 'start', '--', 'version'])
  expect(second).toEqual({ status: 0, stdout: first.stdout, stderr: '' })

  symlinkSync(join(clone, 'core/bootstrap/millrace.js'), join(clone, 'millrace'))
  expect(run(join(clone, 'millrace'), ['version'], tmpdir())).toEqual(second)
})
