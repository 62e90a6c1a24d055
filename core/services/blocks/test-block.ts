import type { BlockType } from '#core/kinds/block-type.ts'
import type { TestStage } from '#core/model/block.ts'
import { failureOf, Refused } from '#core/model/failure.ts'
import { blockContext } from './block-context.ts'
import type { BlocksWorld } from './blocks.ts'
import { usableSettings } from './describe-block.ts'
import { findBlock, findType, referenceOf } from './find-block.ts'
import type { StoredBlock } from './stored-block.ts'

export type TestOptions = { readonly signal: AbortSignal; readonly write: boolean; readonly create?: boolean }

/** Tells each stage as it ends, with secrets masked, and keeps how the test went. One that is cancelled is not kept. */
export const testBlock = async function* (
  world: BlocksWorld,
  text: string,
  { signal, write, create = false }: TestOptions,
): AsyncIterable<TestStage> {
  const block = await findBlock(world, text)
  const type = findType(world, block.type)
  const at = world.now()
  const stages: TestStage[] = []
  const cancelled = () =>
    new Refused({ code: 'cancelled', message: `The test of ${referenceOf(block)} was cancelled.` })
  for await (const stage of untilAborted(stagesOf(world, { type, block, signal, write, create }), signal, cancelled)) {
    const masked = maskedStage(world, stage)
    stages.push(masked)
    yield masked
  }
  await world.store.recordTest({ block: block.id, at, passed: stages.every(({ ok }) => ok), stages })
}

const maskedStage = ({ masker }: BlocksWorld, { message, remedy, ...rest }: TestStage): TestStage => ({
  ...rest,
  message: masker.mask(message),
  ...(remedy !== undefined && { remedy: masker.mask(remedy) }),
})

/** Ends at once when it is aborted, also while a stage does not end. */
const untilAborted = async function* <T>(
  items: AsyncGenerator<T>,
  signal: AbortSignal,
  refusal: () => Refused,
): AsyncGenerator<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(refusal())
  aborted.catch(() => undefined)
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (signal.aborted) throw refusal()
    for (;;) {
      const next = await Promise.race([items.next(), aborted])
      if (signal.aborted) throw refusal()
      if (next.done) return
      yield next.value
      if (signal.aborted) throw refusal()
    }
  } finally {
    signal.removeEventListener('abort', abort)
    void items.return(undefined).catch(() => undefined)
  }
}

type Tested = Required<TestOptions> & { readonly type: BlockType; readonly block: StoredBlock }

const stagesOf = async function* (world: BlocksWorld, tested: Tested): AsyncGenerator<TestStage> {
  const { type, block, signal, write, create } = tested
  const started = performance.now()
  const failed = (stage: string, error: unknown): TestStage => ({
    stage,
    ok: false,
    duration: performance.now() - started,
    message: failureOf(error).message,
  })
  let context
  try {
    await usableSettings(world, block)
    context = blockContext(world, block, signal)
  } catch (error) {
    yield failed('Settings', error)
    return
  }
  try {
    for (const [field, { optional }] of Object.entries(type.secrets)) if (!optional) await context.secret(field)
  } catch (error) {
    yield failed('Secrets', error)
    return
  }
  try {
    yield* type.test({ ...context, write, create })
  } catch (error) {
    yield failed('Test', error)
  }
}
