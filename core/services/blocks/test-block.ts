import type { BlockType } from '#core/kinds/block-type.ts'
import type { TestStage } from '#core/model/block.ts'
import { failureOf, Refused } from '#core/model/failure.ts'
import type { BlocksWorld } from './blocks.ts'
import { findBlock, findType, parsedSettings, referenceOf } from './find-block.ts'
import { readSecretOf } from './read-secret.ts'
import type { StoredBlock } from './stored-block.ts'

/** Tells each stage as it ends, with secrets masked, and keeps how the test went. */
export const testBlock = async function* (
  world: BlocksWorld,
  text: string,
  signal: AbortSignal,
): AsyncIterable<TestStage> {
  const block = await findBlock(world, text)
  const type = findType(world, block.type)
  const at = world.now()
  const stages: TestStage[] = []
  for await (const stage of stagesOf(world, { type, block, signal })) {
    const { message, remedy, ...rest } = stage
    const masked = {
      ...rest,
      message: world.masker.mask(message),
      ...(remedy !== undefined && { remedy: world.masker.mask(remedy) }),
    }
    stages.push(masked)
    yield masked
    if (signal.aborted)
      throw new Refused({ code: 'cancelled', message: `The test of ${referenceOf(block)} was cancelled.` })
  }
  await world.store.recordTest({ block: block.id, at, passed: stages.every(({ ok }) => ok), stages })
}

type Tested = { readonly type: BlockType; readonly block: StoredBlock; readonly signal: AbortSignal }

const stagesOf = async function* (world: BlocksWorld, { type, block, signal }: Tested): AsyncIterable<TestStage> {
  const started = performance.now()
  const failed = (stage: string, error: unknown): TestStage => ({
    stage,
    ok: false,
    duration: performance.now() - started,
    message: failureOf(error).message,
  })
  let settings
  try {
    settings = parsedSettings(type, block)
  } catch (error) {
    yield failed('Settings', error)
    return
  }
  const secret = (field: string): Promise<string> => readSecretOf(world, block, field)
  try {
    for (const [field, { optional }] of Object.entries(type.secrets)) if (!optional) await secret(field)
  } catch (error) {
    yield failed('Secrets', error)
    return
  }
  try {
    yield* type.test({ settings, secret, home: world.home.dir, signal })
  } catch (error) {
    yield failed('Test', error)
  }
}
