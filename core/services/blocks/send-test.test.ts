import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { secret } from '#core/blocks/secret/index.ts'
import { Refused } from '#core/model/failure.ts'
import { containing } from '#test/fixtures/containing.ts'
import { blocksService } from './blocks.ts'
import { testWorld } from './world-suite.ts'

const signal = new AbortController().signal
const address = 'https://chat.example.org/made-up-address'

/** Takes a message unless its address says otherwise, and repeats the address either way. */
const chat = (closed: string[]) =>
  defineBlock({
    type: 'chat',
    version: 1,
    title: 'Chat',
    summary: 'For tests.',
    icon: 'hash',
    config: z.object({}),
    secrets: { url: { title: 'URL' } },
    capabilities: ['notify'],
    examples: [{}],
    openNotifier: async (context) => {
      const url = await context.secret('url')
      return {
        location: 'chat.example.org',
        send: ({ subject }) => {
          if (!url.endsWith('gone')) return Promise.resolve({ answer: `${subject} came by ${url}` })
          return Promise.reject(new Refused({ code: 'not-found', message: `${url} is gone`, detail: `no ${url}` }))
        },
        close: () => Promise.resolve(void closed.push(url)),
      }
    },
    test: async function* () {},
  })

const serviceWith = async (url: string) => {
  const closed: string[] = []
  const blocks = blocksService(testWorld({ catalogue: catalogueOf([], [chat(closed), secret]) }))
  await blocks.create({ type: 'chat', name: 'team', settings: {}, secrets: { url } })
  return { blocks, closed }
}

test('a test message says that it is one, and the answer comes without the secret', async () => {
  const { blocks, closed } = await serviceWith(address)
  expect(await blocks.sendTest('chat/team', signal)).toEqual({
    location: 'chat.example.org',
    answer: 'Test message of Millrace came by ********',
  })
  expect(closed).toEqual([address])
})

test('one that is refused fails with what was said, without the secret', async () => {
  const { blocks, closed } = await serviceWith(`${address}-gone`)
  await expect(blocks.sendTest('chat/team', signal)).rejects.toMatchObject({
    failure: { code: 'not-found', message: '******** is gone', detail: 'no ********' },
  })
  expect(closed.length).toBe(1)
})

test('a block that sends nothing says which do', async () => {
  const { blocks } = await serviceWith(address)
  await blocks.create({ type: 'secret', name: 'x', settings: {}, secrets: { value: 'made-up-value' } })
  await expect(blocks.sendTest('secret/x', signal)).rejects.toMatchObject({
    failure: { code: 'invalid', message: containing(/sends no messages\. These do: Chat\./) },
  })
})

test('one that was cancelled says so', async () => {
  const { blocks } = await serviceWith(`${address}-gone`)
  await expect(blocks.sendTest('chat/team', AbortSignal.abort())).rejects.toMatchObject({
    failure: { code: 'cancelled' },
  })
})
