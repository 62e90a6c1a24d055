import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { processTable } from '#core/world/processes/process-table.ts'
import { root } from '#test/run/step.ts'
import { openScreen, places } from './screens.ts'

/** A loaded machine is no failure. */
const patient = { timeout: 20_000 }

const newFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-e2e-home-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

type Gated = {
  /** The process of the task that waits, once it has begun. */
  waiting(): Promise<number>
  open(): void
}

/** A flow whose second task waits for a gate, with a process of its own. */
const gatedFlow = (home: string): Gated => {
  const [gate, pid] = [path.join(home, 'gate'), path.join(home, 'pid')]
  mkdirSync(path.join(home, 'flows'), { recursive: true })
  writeFileSync(
    path.join(home, 'flows/gated.yaml'),
    `millrace: 1
name: gated
tasks:
  first: { type: log.message, with: { message: "first done" } }
  second:
    type: script.shell
    after: [first]
    with: { script: "echo $$ > '${pid}'; while [ ! -e '${gate}' ]; do sleep 0.05; done" }
  third: { type: log.message, after: [second], with: { message: "third done" } }
`,
  )
  return {
    waiting: async () => {
      await expect.poll(() => existsSync(pid) && Number(readFileSync(pid, 'utf8')), patient).toBeGreaterThan(0)
      return Number(readFileSync(pid, 'utf8'))
    },
    open: () => writeFileSync(gate, ''),
  }
}

const isRunning = (pid: number): boolean => processTable().some((row) => row.pid === pid)

const engineOf = (home: string): number =>
  (JSON.parse(readFileSync(path.join(home, 'engine.json'), 'utf8')) as { pid: number }).pid

const hashOf = (page: Page): Promise<string> => page.evaluate('location.hash')

const open = async (page: Page, flow: string): Promise<void> => {
  await page.evaluate(`location.hash = '#/flows/${flow}'`)
  await page.locator('.react-flow__node').first().waitFor()
}

test('when the engine dies in the middle of a run the screen recovers, the run is Crashed, and Resume ends it', async () => {
  const home = newFolder()
  const gated = gatedFlow(home)
  const { page, errors } = await openScreen('desktop', { home })
  await open(page, 'gated')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const script = await gated.waiting()
  const engine = engineOf(home)
  const killedAt = Date.now()
  process.kill(engine, 'SIGKILL')
  await page.getByText('The engine is away').waitFor()
  await page.getByText('The engine is away').waitFor({ state: 'hidden' })
  expect(Date.now() - killedAt).toBeLessThan(5000)
  await page.getByRole('status').getByText('Crashed').first().waitFor()
  expect(engineOf(home)).not.toBe(engine)
  expect(isRunning(script)).toBe(false)
  gated.open()
  await page
    .getByRole('button', { name: /^Resume/ })
    .first()
    .click()
  await page.getByRole('status').getByText('Completed').first().waitFor()
  expect(errors).toEqual([])
})

test('quitting while a run goes on asks, and stopping marks it Crashed', async () => {
  const home = newFolder()
  const gated = gatedFlow(home)
  const { page, app } = await openScreen('desktop', { home })
  await open(page, 'gated')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await gated.waiting()
  if (!app) throw new Error('There is no app.')
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = (...given: unknown[]) => {
      Object.assign(globalThis, { asked: given.at(-1) })
      return Promise.resolve({ response: 0, checkboxChecked: false })
    }
  })
  await app.evaluate(({ app: main }) => main.quit())
  const asked = () => app.evaluate(() => (globalThis as { asked?: { message: string; buttons: string[] } }).asked)
  await expect.poll(asked, patient).toMatchObject({ buttons: ['Cancel', 'Finish in the background', 'Stop and quit'] })
  // It was cancelled, so the window is there still.
  await page.getByRole('status').getByText('Running').first().waitFor()
})

const damage = (home: string): void => {
  mkdirSync(home, { recursive: true })
  writeFileSync(path.join(home, 'state.db'), 'this is no database '.repeat(500))
}

test('a damaged home opens a window that says so, and trying again opens it once it is mended', async () => {
  const home = newFolder()
  damage(home)
  const { page } = await openScreen('desktop', { home })
  await page.getByText('A database of this home is damaged').waitFor()
  await page.getByText(/There is no backup of it\. Move state\.db/).waitFor()
  await page.getByRole('button', { name: 'Choose another home' }).waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('A database of this home is damaged').waitFor()
  rmSync(path.join(home, 'state.db'))
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  await expect.poll(() => existsSync(path.join(home, 'engine.json')), patient).toBe(true)
})

test('a home of a newer version stays as it is and the window says what to do', async () => {
  const home = newFolder()
  writeFileSync(path.join(home, 'home.json'), JSON.stringify({ state: 999, logs: 999 }))
  const { page } = await openScreen('desktop', { home })
  await page.getByText('This home was written by a newer Millrace').waitFor()
  await page.getByText(/Update Millrace, or choose another home/).waitFor()
  expect(readFileSync(path.join(home, 'home.json'), 'utf8')).toBe('{"state":999,"logs":999}')
})

test('a home that cannot be made opens a window all the same', async () => {
  const file = path.join(newFolder(), 'file')
  writeFileSync(file, '')
  const { page, errors } = await openScreen('desktop', { home: path.join(file, 'home') })
  await page.getByText('This home cannot be written to').waitFor()
  await page.getByRole('button', { name: 'Choose another home' }).waitFor()
  expect(errors).toEqual([])
})

test('a flow file given as an argument opens where it lies', async () => {
  const file = path.join(newFolder(), 'hello there.millrace')
  writeFileSync(file, 'millrace: 1\nname: hello\ntasks:\n  greet: { type: log.message, with: { message: hi } }\n')
  const { page, app } = await openScreen('desktop', { args: [file] })
  await page.locator('.react-flow__node').first().waitFor()
  expect(decodeURIComponent(await hashOf(page))).toBe(`#/file/${file}`)
  const recent = () =>
    app?.evaluate(({ Menu }) => {
      const items = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []) ?? []
      return items.find(({ label }) => label === 'Open recent')?.submenu?.items.map(({ label }) => label)
    })
  await expect.poll(recent, patient).toEqual(['hello there.millrace'])
})

test('the menu has the commands of the page, each with its keys', async () => {
  const { page, app } = await openScreen('desktop')
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  const items = () =>
    app?.evaluate(({ Menu }) =>
      (Menu.getApplicationMenu()?.items ?? [])
        .flatMap(({ submenu }) => submenu?.items ?? [])
        .map(({ id, accelerator }) => `${id} ${accelerator ?? ''}`),
    )
  await expect.poll(items, patient).toContain('app.commands CommandOrControl+K')
  await app?.evaluate(({ Menu, BrowserWindow }) => {
    Menu.getApplicationMenu()?.getMenuItemById('go.settings')?.click(undefined, BrowserWindow.getAllWindows()[0])
  })
  await expect.poll(() => hashOf(page), patient).toBe('#/settings')
})

test('a locked vault asks for its passphrase, says when it is wrong, and asks no more once it is open', async () => {
  const home = newFolder()
  const millrace = (...args: readonly string[]) =>
    execFileSync(process.execPath, [path.join(root, 'dist/millrace.mjs'), '--home', home, ...args], {
      env: { ...process.env, MILLRACE_VAULT_PASSPHRASE: 'correct horse battery' },
      input: 'a value to keep',
    })
  millrace('config', 'set', 'secrets=vault')
  millrace('block', 'create', 'secret', 'lunch', '--stdin', 'value')
  const { page, errors } = await openScreen('desktop', { home })
  const passphrase = page.getByPlaceholder('Passphrase')
  await passphrase.fill('wrong horse')
  await page.getByRole('button', { name: 'Unlock', exact: true }).click()
  await page.getByText(/The passphrase does not open the secrets vault/).waitFor()
  await passphrase.fill('correct horse battery')
  await page.getByRole('button', { name: 'Unlock', exact: true }).click()
  await passphrase.waitFor({ state: 'detached' })
  expect(errors).toEqual([])
})

const drop = (name: string, text: string) => `{
  const files = new DataTransfer()
  files.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}))
  for (const type of ['dragover', 'drop'])
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }))
}`

test.each(places)('%s: a flow that is dropped on the window opens, anything else says why not', async (place) => {
  const { page } = await openScreen(place)
  // The first start opens a flow by itself.
  await page.locator('.react-flow__node').first().waitFor()
  await page.evaluate(drop('rides.csv', 'a,b\n'))
  await page.getByText('rides.csv is no flow.').waitFor()
  await page.evaluate(
    drop('dropped.yaml', 'millrace: 1\nname: dropped\ntasks: { a: { type: log.message, with: { message: hi } } }\n'),
  )
  await expect.poll(() => hashOf(page), patient).toBe('#/flows/dropped')
  await page.locator('.react-flow__node').first().waitFor()
})
