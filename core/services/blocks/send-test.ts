import type { Notifier } from '#core/kinds/capabilities.ts'
import type { SentTest } from '#core/model/block.ts'
import { failureOf, Refused, type Failure } from '#core/model/failure.ts'
import { blockContext } from './block-context.ts'
import type { BlocksWorld } from './blocks.ts'
import { findBlock, findType, referenceOf } from './find-block.ts'
import type { StoredBlock } from './stored-block.ts'

/** Sends one message that says it is a test. Refused, with what the server answered, where it is not taken. */
export const sendTest = async (world: BlocksWorld, text: string, signal: AbortSignal): Promise<SentTest> => {
  const block = await findBlock(world, text)
  const reference = referenceOf(block)
  try {
    const notifier = await openNotifier(world, block, signal)
    try {
      const { answer } = await notifier.send(testNotice(reference), signal)
      return { location: notifier.location, answer: world.masker.mask(answer) }
    } finally {
      await notifier.close()
    }
  } catch (error) {
    if (signal.aborted) throw new Refused({ code: 'cancelled', message: `The test of ${reference} was cancelled.` })
    if (!(error instanceof Refused)) throw error
    throw new Refused(masked(world, failureOf(error)), { cause: error })
  }
}

const testNotice = (reference: string) => ({
  subject: 'Test message of Millrace',
  text: `Somebody tried whether ${reference} works. It does; there is nothing to do.`,
})

const openNotifier = (world: BlocksWorld, block: StoredBlock, signal: AbortSignal): Promise<Notifier> => {
  const type = findType(world, block.type)
  if (type.openNotifier) return type.openNotifier(blockContext(world, block, signal))
  const able = [...world.catalogue.blocks.values()].filter(({ openNotifier: opens }) => opens)
  throw new Refused({
    code: 'invalid',
    message: `${referenceOf(block)} is a ${type.title} block, which sends no messages. These do: ${able.map(({ title }) => title).join(', ')}.`,
  })
}

const masked = ({ masker }: BlocksWorld, { message, detail, ...rest }: Failure): Failure => ({
  ...rest,
  message: masker.mask(message),
  ...(detail !== undefined && { detail: masker.mask(detail) }),
})
