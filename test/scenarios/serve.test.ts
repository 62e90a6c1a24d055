import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { clientOver, type ClientSocket, type EngineClient } from '#core/api/client.ts'
import { isLinux, leftOver } from './left-over.ts'
import type { Command } from './millrace.ts'
import { gate, workspace, type Workspace } from './workspace.ts'

type Serving = { readonly command: Command; readonly address: URL; readonly token: string }

/** Starts `millrace serve --json` and reads the address it prints. */
const serve = async (space: Workspace, ...args: readonly string[]): Promise<Serving> => {
  const command = space.start(['serve', '--json', ...args])
  await command.saw(/"type":"serving".*\n/)
  const { address } = JSON.parse(command.said()) as { address: string }
  const url = new URL(address)
  return { command, address: url, token: url.hash.replace('#token=', '') }
}

type Page = { readonly client: EngineClient; readonly closed: Promise<void> }

/** What a page of ours does. */
const openPage = async ({ address, token }: Serving): Promise<Page> => {
  const socket = new WebSocket(`ws://${address.host}/engine?token=${token}`, { origin: address.origin })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  onTestFinished(() => socket.terminate())
  // The two declarations of WebSocket differ only in the classes of their events.
  return { client: clientOver(socket as unknown as ClientSocket), closed }
}

const waiting = (space: Workspace, wait: string): string =>
  space.flow('gated', `tasks:\n  stuck: { type: script.shell, with: { script: "${wait}" } }\n`)

const begin = ({ client }: Page, file: string) =>
  client.runs.submit({ source: { from: 'file', path: file, cwd: '/' }, parameters: {} })

/** States of a flow run as a page is told them, until it has ended. */
const statesOf = async ({ client }: Page, flowRun: string): Promise<string[]> => {
  const states: string[] = []
  for await (const news of await client.runs.watch({ flowRun }))
    if (news.kind === 'flow-run' && states.at(-1) !== news.flowRun.state.name) states.push(news.flowRun.state.name)
  return states
}

test('two pages and a command see the same run live', async () => {
  const space = workspace()
  const opened = gate(space, 'open')
  const serving = await serve(space, '--port', '0')
  expect(serving.address.hostname).toBe('127.0.0.1')
  const [first, second] = [await openPage(serving), await openPage(serving)]
  const { id } = await begin(first, waiting(space, opened.wait))
  const seen = Promise.all([statesOf(first, id), statesOf(second, id)])
  await expect.poll(async () => (await space.flowRuns()).map(({ state }) => state.name)).toEqual(['Running'])
  opened.open()
  for (const states of await seen) expect(states.slice(-2)).toEqual(['Running', 'Completed'])
  serving.command.signal('SIGTERM')
  expect((await serving.command.ended).exitCode).toBe(0)
})

test('SIGTERM ends it within two seconds with a run going on, which is Crashed and can be resumed', async () => {
  const space = workspace()
  const opened = gate(space, 'open')
  const serving = await serve(space, '--port', '0')
  const page = await openPage(serving)
  const { name } = await begin(page, waiting(space, `trap '' TERM; ${opened.wait}`))
  await expect
    .poll(async () => (await page.client.runs.inspect({ flowRun: name })).taskRuns[0]?.state.name)
    .toBe('Running')
  const began = Date.now()
  serving.command.signal('SIGTERM')
  const { exitCode, stderr } = await serving.command.ended
  expect(Date.now() - began).toBeLessThan(2000)
  expect(exitCode).toBe(0)
  expect(stderr).toContain(`Stopped and marked Crashed: ${name}.`)
  await page.closed
  if (isLinux) expect(leftOver(space.home)).toEqual([])
  expect((await space.inspect(name)).state.name).toBe('Crashed')
  opened.open()
  expect((await space.millrace(['flow-run', 'resume', name])).exitCode).toBe(0)
  expect((await space.inspect(name)).state.name).toBe('Completed')
})

test('a taken port is named with its holder, and the next is offered', async () => {
  const [space, other] = [workspace(), workspace()]
  const serving = await serve(other, '--port', '0')
  const port = Number(serving.address.port)
  const refused = await space.millrace(['serve', '--port', String(port)])
  expect(refused.exitCode).not.toBe(0)
  expect(refused.stderr).toContain(`Port ${port} is taken by another Millrace (process ${serving.command.pid}, home `)
  expect(refused.stderr).toContain(`millrace serve --port ${port + 1}`)

  const stranger = createServer((_request, response) => response.end('hello'))
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void stranger.close())
  const taken = (stranger.address() as AddressInfo).port
  expect((await space.millrace(['serve', '--port', String(taken)])).stderr).toContain(
    `Port ${taken} is taken. Try the next`,
  )
})

test('beside a command that has the home it shows that one’s runs, and takes the home over when it ends', async () => {
  const space = workspace()
  const opened = gate(space, 'open')
  const run = space.start(['run', waiting(space, `echo begun; ${opened.wait}`), '--json'])
  await run.saw('begun')
  const serving = await serve(space, '--port', '0')
  const page = await openPage(serving)
  const [going] = await page.client.runs.list({})
  expect(going?.state.name).toBe('Running')
  opened.open()
  expect((await run.ended).exitCode).toBe(0)
  await page.closed
  await serving.command.saw('this process runs the engine now')
  const again = await openPage(serving)
  expect((await again.client.runs.inspect({ flowRun: going?.id ?? '' })).flowRun.state.name).toBe('Completed')
})

test('an address that others reach is warned of, one that is not ours is refused', async () => {
  const space = workspace()
  const open = await serve(space, '--host', '0.0.0.0', '--port', '0')
  await open.command.saw('Warning: other machines can reach 0.0.0.0')
  const wrong = await workspace().millrace(['serve', '--host', '192.0.2.1'])
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain('192.0.2.1 is no address of this machine')
})
