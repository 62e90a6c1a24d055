import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { noKeychain } from '#test/fixtures/no-keychain.ts'
import { root } from '#test/run/step.ts'

/** As `npm install --global --prefix` fills it. */
const prefix = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-installed-')))
const installed = join(prefix, 'lib/node_modules/millrace')
const command = join(prefix, 'bin/millrace')

/** Node as the machine has it, without that of this project. */
const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
const env = { PATH: folders.join(delimiter), HOME: prefix, MILLRACE_HOME: join(prefix, 'home'), ...noKeychain }

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

const Lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) })

/** Those that npm installs along with the package, in the versions of the lockfile; copied, since no network is needed. */
const copyDependencies = (): void => {
  const { packages } = Lock.parse(json(join(root, 'package-lock.json')))
  const wanted = Object.keys(packages).filter((path) => path.startsWith('node_modules/') && !packages[path]?.dev)
  for (const path of wanted.filter((one) => existsSync(join(root, one)))) {
    // What lies in the node_modules of a package is listed by itself.
    const filter = (file: string) => !file.slice(join(root, path).length).includes('node_modules')
    cpSync(join(root, path), join(installed, path), { recursive: true, filter })
  }
}

const call = (program: string, args: readonly string[], cwd = tmpdir()) => {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Packs what `npm test` has built, and unpacks it where npm would. */
beforeAll(() => {
  const packed = call('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', prefix], root)
  expect(packed.status, packed.stderr).toBe(0)
  mkdirSync(installed, { recursive: true })
  const unpacked = call('tar', ['xzf', join(prefix, packed.stdout.trim()), '--strip-components=1', '-C', installed])
  expect(unpacked.status, unpacked.stderr).toBe(0)
  copyDependencies()
  const { bin } = z.object({ bin: z.object({ millrace: z.string() }) }).parse(json(join(installed, 'package.json')))
  mkdirSync(join(prefix, 'bin'))
  symlinkSync(join(installed, bin.millrace), command)
}, 2 * 60_000)

afterAll(() => {
  rmSync(prefix, { recursive: true, force: true })
})

test('the installed command says its version, and nothing of being set up or built', () => {
  const { version } = z.object({ version: z.string() }).parse(json(join(root, 'package.json')))
  expect(call(command, ['version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})

test('the installed command runs a flow that it brings along', () => {
  const { status, stderr } = call(command, ['run', join(installed, 'resources/flows/green-taxi.yaml')])
  expect(status, stderr).toBe(0)
})

test('the installed command serves the page with all that it asks for', async () => {
  const serving = spawn(command, ['serve', '--port', '0', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(serving, 'exit')
  onTestFinished(async () => {
    serving.kill('SIGTERM')
    await ended
  })
  const [line] = (await Promise.race([
    once(serving.stdout, 'data'),
    ended.then(([code]) => Promise.reject(new Error(`millrace serve ended with ${String(code)}.`))),
  ])) as [Buffer]
  const { address } = z.object({ address: z.string() }).parse(JSON.parse(String(line)))
  const page = await fetch(address)
  const parts = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part = '']) => part)
  expect(parts.map((part) => part.split('.').at(-1))).toEqual(expect.arrayContaining(['js', 'css']))
  for (const part of parts) expect((await fetch(new URL(part, address))).status, part).toBe(200)
})

test('the package holds what Electron is started with', () => {
  const entries = readdirSync(join(root, 'dist')).filter((name) => /^electron-(?!chunk-).*\.[cm]js$/.test(name))
  expect(entries).toEqual(expect.arrayContaining(['electron-main.mjs', 'electron-preload.cjs']))
  expect(readdirSync(join(installed, 'dist'))).toEqual(expect.arrayContaining(entries))
})
