import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FuseV1Options, FuseState, getCurrentFuseWire } from '@electron/fuses'
import { chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { noKeychain } from '#test/fixtures/no-keychain.ts'
import { openKeyring } from '#test/fixtures/keyring.ts'
import { root } from '#test/run/step.ts'
import { millrace } from '#test/scenarios/millrace.ts'
import { openDisplay } from './display.ts'
import { findElectronForTests } from './electron-runtime.ts'

/** The app as people get it: packed, fuses flipped, driven from outside through Chromium's own protocol. */
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-package-'))
const program = path.join(folder, 'linux-unpacked/millrace')

const minute = 60_000

beforeAll(() => {
  const runtime = findElectronForTests()
  if (runtime === null) throw new Error('There is no runtime of Electron here.')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'core/bootstrap/package.js'), `-c.directories.output=${folder}`],
    { cwd: root, encoding: 'utf8', env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: path.dirname(runtime) } },
  )
  if (status !== 0) throw new Error(`It could not be packed:\n${stdout}\n${stderr}`)
}, 5 * minute)
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))

const addressOf = (app: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    app.once('exit', (code) => reject(new Error(`The app ended with ${code}:\n${said}`)))
    app.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    })
  })

/** A window that is just being made must not be attached to: it would wait for a debugger that does not know of it. */
const hasPage = async (address: string): Promise<boolean> => {
  const response = await fetch(`http://${new URL(address).host}/json/list`)
  const targets = (await response.json()) as readonly { readonly type: string; readonly title: string }[]
  return targets.some(({ type, title }) => type === 'page' && title === 'Millrace')
}

const openApp = async (home: string, env: Readonly<Record<string, string>> = {}): Promise<Page> => {
  const display = await openDisplay()
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--remote-debugging-port=0', '--home', home]
  const app = spawn(program, args, {
    env: { ...process.env, ...noKeychain, ...env, DISPLAY: display.name },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(app, 'exit')
  onTestFinished(async () => {
    app.kill('SIGTERM')
    await ended
    display.close()
  })
  const address = await addressOf(app)
  await expect.poll(() => hasPage(address), { timeout: minute }).toBe(true)
  const browser = await chromium.connectOverCDP(address)
  onTestFinished(() => browser.close())
  const [context] = browser.contexts()
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
  if (!page) throw new Error('The app has no window.')
  return page
}

const newHome = (): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-packaged-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  return home
}

test('its fuses keep it from being run as anything else', async () => {
  const fuses = await getCurrentFuseWire(program)
  for (const off of [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
    FuseV1Options.GrantFileProtocolExtraPrivileges,
  ])
    expect(fuses[off]).toBe(FuseState.DISABLE)
  for (const on of [
    FuseV1Options.OnlyLoadAppFromAsar,
    FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
    FuseV1Options.EnableCookieEncryption,
  ])
    expect(fuses[on]).toBe(FuseState.ENABLE)
})

test('its first start runs the starter flow to the end', async () => {
  const page = await openApp(newHome())
  const starter = page.getByRole('button', { name: 'Open a starter flow' })
  const run = page.getByRole('button', { name: 'Run', exact: true })
  await starter.or(run).first().waitFor()
  if (await starter.isVisible()) await starter.click()
  await run.click()
  await page.getByRole('status').getByText('Completed').first().waitFor({ timeout: minute })
  await page.getByText('88,605 rows').first().waitFor()
  expect(page.url()).toMatch(/^millrace:\/\/screen\/index\.html#\/flows\/green-taxi/)
})

/** Of the last run, as the command line tells them. */
const logsOf = (home: string): string => {
  const ask = (...args: readonly string[]) =>
    execFileSync(process.execPath, [path.join(root, 'dist/millrace.mjs'), '--home', home, ...args], {
      encoding: 'utf8',
    })
  const { name } = JSON.parse(ask('flow-run', 'ls', '--json').split('\n')[0] ?? '') as { name: string }
  return ask('flow-run', 'logs', name)
}

const scripts = `millrace: 1
name: scripts
tasks:
  own:
    type: script.node
    with:
      script: |
        import { readFile } from 'node:fs/promises'
        import { setTimeout } from 'node:timers/promises'
        const { args } = JSON.parse(await readFile(process.env.MILLRACE_INPUTS, 'utf8'))
        await setTimeout(50)
        for (let line = 0; line < 5000; line += 1) console.log('line', line)
        console.log(JSON.stringify({ sum: args[0] + args[1] }))
      args: [20, 22]
  told:
    type: script.shell
    with: { script: "[ {{ tasks.own.value.sum }} = 42 ]" }
  wrong:
    type: script.node
    allow_failure: true
    with: { script: "const a = 1\\nnull.x\\n" }
`

test('it runs scripts for Node on a machine without Node', async () => {
  const home = newHome()
  mkdirSync(path.join(home, 'flows'))
  writeFileSync(path.join(home, 'flows/scripts.yaml'), scripts)
  const page = await openApp(home, { PATH: '/usr/bin:/bin' })
  await page.evaluate(`location.hash = '#/flows/scripts'`)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('status').getByText('Completed').first().waitFor({ timeout: minute })
  await page.locator('.react-flow__node[data-id="told"] [data-state="Completed"]').waitFor()
  await page.locator('.react-flow__node[data-id="wrong"] [data-state="Failed"]').waitFor()
  const logs = logsOf(home)
  expect(logs).toContain('line 4999')
  expect(logs).toMatch(/TypeError: .*\(line 2 of the script\)/)
})

test('it keeps secrets in the keychain of the system', async () => {
  const keyring = await openKeyring()
  onTestFinished(() => keyring.close())
  const home = newHome()
  const page = await openApp(home, keyring.env)
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor()
  const call = (...args: readonly string[]) => millrace(args, { home, input: 'tuna-sandwich-with-pickles' })
  const made = await call('block', 'create', 'secret', 'token', '--stdin', 'value')
  expect(made, made.stderr).toMatchObject({ exitCode: 0 })
  const [account = ''] = await keyring.accounts()
  expect(await keyring.lookUp(account)).toContain('tuna-sandwich-with-pickles')
  await keyring.lock()
  expect((await call('secrets', 'status')).stdout).toContain('keychain: locked')
  await keyring.unlock()
  expect(await call('block', 'test', 'secret/token')).toMatchObject({ exitCode: 0 })
})
