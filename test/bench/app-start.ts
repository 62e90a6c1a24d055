import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageFolder } from '#core/places.ts'
import { openDisplay } from '#test/e2e/display.ts'
import { findElectronForTests } from '#test/e2e/electron-runtime.ts'
import type { Scale } from './benchmark.ts'
import { requireBundle } from './bundle.ts'
import { figure, inPairs, type Figure } from './figure.ts'
import { withFolder } from './temporary-folder.ts'

/**
 * Runs in Electron's main process and says when the page answers to a real click: `find` gives the middle of what is
 * clicked, `answered` whether it has noticed. Both are asked once a frame, in the page.
 */
const observer = (find: string, answered: string) => `import { app } from 'electron'
const frame = (contents, code) => contents.executeJavaScript(
  'new Promise((done) => { const look = () => { const got = (' + code + ')(); got ? done(got) : requestAnimationFrame(look) }; look() })',
)
app.on('web-contents-created', (_event, contents) => {
  contents.once('dom-ready', async () => {
    const at = await frame(contents, ${JSON.stringify(find)})
    for (const type of ['mouseMove', 'mouseDown', 'mouseUp'])
      contents.sendInputEvent({ type, x: at.x, y: at.y, button: 'left', clickCount: type === 'mouseMove' ? 0 : 1 })
    await frame(contents, ${JSON.stringify(answered)})
    process.stdout.write('answers ' + Date.now() + '\\n')
  })
})
`

const middleOfTask = `() => {
  const task = document.querySelector('.react-flow__node')
  const { x, y, width, height } = task?.getBoundingClientRect() ?? {}
  return task && { x: Math.round(x + width / 2), y: Math.round(y + height / 2) }
}`

const bareWindow = `app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true } })
  window.loadURL('data:text/html,<body style="height:700px" onclick="document.body.dataset.clicked=1">')
})
app.on('window-all-closed', () => app.quit())
`

const flow = `millrace: 1
name: start
tasks:
${Array.from({ length: 20 }, (_, task) => `  t${task}: { type: log.message, with: { message: "task ${task}" } }`).join('\n')}
layout: { ${Array.from({ length: 20 }, (_, task) => `t${task}: [${(task % 5) * 280}, ${Math.floor(task / 5) * 120}]`).join(', ')} }
`

/** Milliseconds from the start of the process until its page answers. */
const untilAnswer = async (executable: string, args: readonly string[], display: string): Promise<number> => {
  const startedAt = Date.now()
  const app = spawn(executable, ['--no-sandbox', ...args], {
    env: { ...process.env, DISPLAY: display },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    return await new Promise<number>((resolve, reject) => {
      let said = ''
      app.once('exit', (code) => reject(new Error(`Electron ended with ${code}: ${said}`)))
      app.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const answered = /answers (\d+)/.exec(said)?.[1]
        if (answered !== undefined) resolve(Number(answered) - startedAt)
      })
    })
  } finally {
    app.removeAllListeners('exit')
    const ended = new Promise<void>((resolve) => app.once('close', () => resolve()))
    // It ends as a person ends it, so that the next start finds what this one keeps.
    app.kill('SIGTERM')
    await ended
  }
}

/** The app with a home that was used before and a flow of 20 tasks, against an Electron that shows an empty page. */
export const startApp = async ({ pairs }: Scale): Promise<Figure[]> => {
  requireBundle()
  const executable = findElectronForTests()
  if (executable === null) throw new Error('There is no runtime of Electron here.')
  const display = await openDisplay('1280x800')
  const sample = (args: readonly string[]) => () => untilAnswer(executable, args, display.name)
  try {
    return await withFolder(async (folder) => {
      const bare = sample([writeBare(folder)])
      const app = sample(writeApp(folder))
      // The home, and what Chromium keeps of the compiled page.
      for (let warm = 0; warm < 2; warm += 1) await app()
      await bare()
      return [figure('app.start', 'ms', await inPairs(pairs, bare, app), { at: 'most', times: 2.5 })]
    })
  } finally {
    display.close()
  }
}

const writeIn = (folder: string, name: string, text: string): string => {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

const writeBare = (folder: string): string => {
  writeIn(folder, 'observe-bare.mjs', observer('() => ({ x: 400, y: 300 })', '() => document.body.dataset.clicked'))
  const electron = `import { app, BrowserWindow } from 'electron'`
  return writeIn(folder, 'bare.mjs', `import './observe-bare.mjs'\n${electron}\n${bareWindow}`)
}

/** Its arguments. */
const writeApp = (folder: string): readonly string[] => {
  const main = pathToFileURL(path.join(packageFolder, 'dist/electron-main.mjs')).href
  writeIn(folder, 'observe.mjs', observer(middleOfTask, `() => !!document.querySelector('.react-flow__node.selected')`))
  const app = writeIn(folder, 'app.mjs', `import './observe.mjs'\nimport ${JSON.stringify(main)}\n`)
  return [app, '--home', path.join(folder, 'home'), writeIn(folder, 'start.yaml', flow)]
}
