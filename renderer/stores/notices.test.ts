import { expect, onTestFinished, test, vi } from 'vitest'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { RunListNews } from '#core/model/run-news.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { startNotices } from './notices.ts'
import { startedHere } from './running.ts'

/** A window, and the runs that its engine tells of. */
const open = (hasFocus: boolean) => {
  vi.stubGlobal('document', { hidden: false, hasFocus: () => hasFocus })
  onTestFinished(() => void vi.unstubAllGlobals())
  const said: string[] = []
  let tell: (news: RunListNews) => void = () => undefined
  const engine = { follow: (_what: unknown, on: typeof tell) => void (tell = on) } as unknown as Engine
  startNotices(engine, { notify: ({ title, body }) => said.push(`${title}: ${body}`) })
  const end = (id: string, name: FlowRun['state']['name']) =>
    tell({
      changed: [{ id, flow: 'taxis', name: 'quiet-heron', state: { name, message: null } }],
    } as unknown as RunListNews)
  return { said, end }
}

test('a run of this window that ends while another window has the focus is told of, with its flow and state', () => {
  const { said, end } = open(false)
  startedHere.add('a').add('b')
  end('a', 'Completed')
  end('b', 'Failed')
  end('begun elsewhere', 'Completed')
  expect(said).toEqual(['taxis has completed: Run quiet-heron', 'taxis has failed: Run quiet-heron'])
})

test('nobody is told of what they are looking at', () => {
  const { said, end } = open(true)
  startedHere.add('a')
  end('a', 'Completed')
  expect(said).toEqual([])
})
