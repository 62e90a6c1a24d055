import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Page } from 'playwright'
import { findProgram } from '#test/run/programs.ts'
import { root } from '#test/run/step.ts'

export type CanvasPage = 'ours' | 'bare'

export type CanvasBrowser = {
  /** A page of its own, with nothing open. */
  page(kind: CanvasPage): Promise<Page>
  close(): Promise<void>
}

const build = (folder: string): void => {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js')
  const config = path.join(import.meta.dirname, 'canvas-page/vite.config.ts')
  const { status, stderr } = spawnSync(process.execPath, [vite, 'build', '--config', config, '--outDir', folder], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The pages could not be built: ${stderr}`)
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

const serve = async (folder: string) => {
  const server = createServer((request, response) => {
    try {
      const file = path.join(folder, path.normalize(new URL(request.url ?? '/', 'http://x').pathname))
      response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream')
      response.end(readFileSync(file))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, port: typeof address === 'object' && address ? address.port : 0 }
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--js-flags=--expose-gc',
]

export const openCanvasBrowser = async (): Promise<CanvasBrowser> => {
  const executablePath = findProgram('chromium')
  if (executablePath === null) throw new Error('There is no Chromium here.')
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-bench-canvas-'))
  build(folder)
  const { server, port } = await serve(folder)
  const browser = await chromium.launch({ executablePath, args: flags })
  return {
    page: async (kind) => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      await page.goto(`http://127.0.0.1:${port}/${kind}.html`)
      return page
    },
    close: async () => {
      await browser.close()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
