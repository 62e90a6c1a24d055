import { notificationsStore } from '@mantine/notifications'
import type { ReactElement, ReactNode } from 'react'
import { beforeEach, expect, test } from 'vitest'
import { Refused } from '#core/model/failure.ts'
import type { LogPage } from '#core/model/log-page.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { gatherLog } from './gather-log.tsx'
import { useLog } from './log-store.ts'

type Asked = { readonly offset: number; readonly limit: number }
type Read = (asked: Asked, options: { signal: AbortSignal }) => Promise<LogPage>

const engineThat = (logPage: Read): Engine => ({ client: { runs: { logPage } } }) as unknown as Engine

const most = 5000

const page = ({ offset, limit }: Asked): LogPage => ({
  total: most,
  offset,
  lines: Array.from({ length: limit }, (_, index) => ({
    seq: offset + index,
    at: 0,
    level: 'info',
    taskRun: null,
    message: `line ${offset + index}`,
  })) as unknown as LogPage['lines'],
})

const said = (): readonly ReactNode[] =>
  notificationsStore.getState().notifications.map(({ title, message }) => title ?? message)

type Pressable = ReactElement<{ readonly children: readonly ReactElement<{ onClick(): void }>[] }>

beforeEach(() => {
  notificationsStore.updateState((state) => ({ ...state, notifications: [], queue: [] }))
  useLog.setState({ query: { flowRun: 'r' }, total: most })
})

test('a whole log is read page by page, and what was said of it goes', async () => {
  const shown: number[] = []
  const text = await gatherLog(
    engineThat((asked) => {
      shown.push(said().length)
      return Promise.resolve(page(asked))
    }),
    { from: 0, most },
  )
  expect(text?.trim().split('\n').length).toBe(most)
  expect(shown).toEqual([1, 1, 1])
  expect(said()).toEqual([])
})

test('a reading that is cancelled stops asking and hands on nothing', async () => {
  const offsets: number[] = []
  const read: Read = (asked) => {
    offsets.push(asked.offset)
    const [message] = said() as readonly Pressable[]
    if (asked.offset > 0) message?.props.children.at(-1)?.props.onClick()
    return Promise.resolve(page(asked))
  }
  expect(await gatherLog(engineThat(read), { from: 0, most })).toBeNull()
  expect(offsets).toEqual([0, 2000])
  expect(said()).toEqual([])
})

test('a reading that fails says so', async () => {
  const away = () => Promise.reject(new Refused({ code: 'unavailable', message: 'The engine is away.' }))
  expect(await gatherLog(engineThat(away), { from: 0, most })).toBeNull()
  expect(said()).toEqual(['The log was not read to its end'])
})
