import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
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

/** Every file that a build makes, with the hash of its content; not what Node keeps of compiled code. */
const built = () => {
  const entries = readdirSync(join(clone, 'dist'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const kept = files.filter((file) => !/compile-cache|\.building-/.test(file))
  return new Map(kept.toSorted().map((file) => [relative(clone, file), hash('sha256', readFileSync(file))]))
}

test('a build that is killed leaves the one before whole, and the next start builds again', () => {
  const before = built()
  appendFileSync(join(clone, 'core/version.ts'), 'process.stderr.write("changed ")\n')
  const config = join(clone, 'renderer/vite.config.ts')
  const text = readFileSync(config, 'utf8')
  // Once the screen is bundled and before any of it is written.
  const killed = "plugins: [{ name: 'killed', generateBundle: () => process.kill(process.pid, 'SIGKILL') }, "
  writeFileSync(config, text.replace('plugins: [', killed))
  const first = run('npm', ['-s', 'start', '--', 'version'])
  expect(first.stderr).toContain('Building Millrace was ended by SIGKILL. Run the same command again.')
  expect(first.status).toBe(1)
  expect(built()).toEqual(before)

  writeFileSync(config, text)
  const second = run('npm', ['-s', 'start', '--', 'version'])
  expect(second.stderr).toBe('Building Millrace …\nchanged ')
  expect(second.status).toBe(0)
  expect([...built().keys()]).toEqual(expect.arrayContaining(['dist/screen/index.html', 'dist/electron-preload.cjs']))
  expect(readdirSync(join(clone, 'dist')).filter((name) => name.startsWith('.building-'))).toEqual([])
})
