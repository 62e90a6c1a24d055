import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Block, SentTest, TestStage } from '#core/model/block.ts'
import type { Failure } from '#core/model/failure.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { loadBlocks } from '#renderer/stores/blocks.ts'
import { lookAtSecrets } from '#renderer/stores/vault.ts'

/** A connection test that goes on, or went, in this window. */
export type RunningTest = {
  readonly startedAt: number
  readonly stages: readonly TestStage[]
  readonly state: 'running' | 'ended' | 'cancelled'
  /** Why there was none. */
  readonly failure: Failure | null
}

/** A test message that is on its way, or what became of it. */
export type TestMessage =
  | { readonly state: 'sending' }
  | { readonly state: 'sent'; readonly sent: SentTest }
  | { readonly state: 'refused'; readonly failure: Failure }

/** By block id; they go on while the person is elsewhere. */
export type BlockTestsState = {
  readonly tests: ReadonlyMap<string, RunningTest>
  readonly messages: ReadonlyMap<string, TestMessage>
}

export const useBlockTests = create<BlockTestsState>(() => ({ tests: new Map(), messages: new Map() }))

const cancels = new Map<string, AbortController>()

const setTest = (id: string, change: (test: RunningTest) => RunningTest): void =>
  useBlockTests.setState(({ tests }) => {
    const test = tests.get(id)
    return test ? { tests: new Map(tests).set(id, change(test)) } : {}
  })

export type TestOptions = {
  /** It also writes something small. */
  readonly write?: boolean
  /** What a stage offered to make is made. */
  readonly create?: boolean
}

export const testBlock = async (
  engine: Engine,
  { id, reference }: Block,
  { write = false, create: make = false }: TestOptions = {},
): Promise<void> => {
  if (cancels.has(id)) return
  const cancel = new AbortController()
  cancels.set(id, cancel)
  const begun: RunningTest = { startedAt: Date.now(), stages: [], state: 'running', failure: null }
  useBlockTests.setState(({ tests }) => ({ tests: new Map(tests).set(id, begun) }))
  try {
    const stages = await engine.client.blocks.test({ block: reference, write, create: make }, { signal: cancel.signal })
    for await (const stage of stages) setTest(id, (test) => ({ ...test, stages: [...test.stages, stage] }))
    setTest(id, (test) => ({ ...test, state: cancel.signal.aborted ? 'cancelled' : 'ended' }))
  } catch (error) {
    const failure = cancel.signal.aborted ? null : failureOfCall(error)
    setTest(id, (test) => ({ ...test, state: failure === null ? 'cancelled' : 'ended', failure }))
  } finally {
    cancels.delete(id)
    lookAtSecrets(engine)
    await loadBlocks(engine)
  }
}

export const cancelTest = ({ id }: Block): void => cancels.get(id)?.abort()

/** What it said of the block is no longer so: settings or secrets were changed. */
export const forgetTest = ({ id }: Block): void =>
  useBlockTests.setState(({ tests, messages }) => {
    const [left, others] = [new Map(tests), new Map(messages)]
    left.delete(id)
    others.delete(id)
    return { tests: left, messages: others }
  })

export const sendTestMessage = async (engine: Engine, { id, reference }: Block): Promise<void> => {
  const become = (message: TestMessage) =>
    useBlockTests.setState(({ messages }) => ({ messages: new Map(messages).set(id, message) }))
  become({ state: 'sending' })
  try {
    become({ state: 'sent', sent: await engine.client.blocks.sendTest({ block: reference }) })
  } catch (error) {
    become({ state: 'refused', failure: failureOfCall(error) })
  }
}
