import { expect, test } from 'vitest'
import { Refused } from '#core/model/failure.ts'
import { createMasker, mask } from '#core/world/masking/masker.ts'
import { blocksService } from './blocks.ts'
import type { BlocksWorld } from './blocks.ts'
import { testWorld } from './world-suite.ts'

const create = (world: BlocksWorld, name: string) =>
  blocksService(world).create({ type: 'secret', name, settings: {}, secrets: { value: `value-of-${name}` } })

/** As it is after a restart: what blocks keep is there, and the masker knows nothing. */
const restarted = (world: BlocksWorld, changes: Partial<BlocksWorld> = {}): BlocksWorld => ({
  ...world,
  masker: createMasker(),
  ...changes,
})

test('a new engine tells its masker all that blocks keep, once', async () => {
  const first = testWorld()
  for (const name of ['one', 'two']) await create(first, name)
  let reads = 0
  const get: BlocksWorld['secrets']['get'] = (name) => {
    reads += 1
    return first.secrets.get(name)
  }
  const world = restarted(first, { secrets: { ...first.secrets, get } })
  const { tellSecrets } = blocksService(world)
  expect(world.masker.mask('value-of-one')).toBe('value-of-one')
  await Promise.all([tellSecrets.tell('run-1'), tellSecrets.tell('run-2')])
  expect(world.masker.mask('value-of-one, value-of-two')).toBe(`${mask}, ${mask}`)
  expect(tellSecrets.tell('run-3')).toBeNull()
  expect(reads).toBe(2)
})

test('a place that would open a prompt is not read; once it may answer, all is told', async () => {
  const first = testWorld()
  await create(first, 'one')
  let isOpen = false
  let reads = 0
  const secrets: BlocksWorld['secrets'] = {
    ...first.secrets,
    isOpen: async () => isOpen,
    get: (name) => {
      reads += 1
      return first.secrets.get(name)
    },
  }
  const world = restarted(first, { secrets })
  const { tellSecrets } = blocksService(world)
  await tellSecrets.tell('run-1')
  expect(tellSecrets.tell('run-1')).toBeNull()
  expect(reads).toBe(0)
  isOpen = true
  tellSecrets.again()
  await tellSecrets.tell('run-1')
  expect(world.masker.mask('value-of-one')).toBe(mask)
})

test('a task that gets a secret opens the way for the others', async () => {
  const first = testWorld()
  for (const name of ['one', 'two']) await create(first, name)
  let isOpen = false
  const world = restarted(first, { secrets: { ...first.secrets, isOpen: async () => isOpen } })
  const { tellSecrets, readSecret } = blocksService(world)
  await tellSecrets.tell('run-1')
  isOpen = true
  expect(tellSecrets.tell('run-1')).toBeNull()
  await readSecret('secret/one')
  await tellSecrets.tell('run-1')
  expect(world.masker.mask('value-of-two')).toBe(mask)
})

test('a place that refuses, and a prompt that somebody answered, end the reading and fail nothing', async () => {
  const first = testWorld()
  for (const name of ['one', 'two']) await create(first, name)
  let reads = 0
  const refuse = async (): Promise<never> => {
    reads += 1
    throw new Refused({ code: 'denied', message: 'No.' })
  }
  const refusing = blocksService(restarted(first, { secrets: { ...first.secrets, get: refuse } }))
  await refusing.tellSecrets.tell('run-1')
  expect(reads).toBe(1)
  let now = 0
  const slow = restarted(first, {
    now: () => now,
    secrets: {
      ...first.secrets,
      get: (name) => {
        now += 5000
        return first.secrets.get(name)
      },
    },
  })
  await blocksService(slow).tellSecrets.tell('run-1')
  expect(['value-of-one', 'value-of-two'].filter((value) => slow.masker.mask(value) === mask)).toHaveLength(1)
})
