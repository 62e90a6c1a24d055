import { failureOfCall } from '#core/api/client.ts'
import type { DraftNews } from '#core/model/flow-draft.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { closeFlow, editor, isOutrun, readFlow, show, takenOver, useFlow, type FlowPlace } from './flow.ts'

const hear = (engine: Engine, { editor: by, draft: news, gone }: DraftNews): void => {
  const state = useFlow.getState()
  const { draft: now, saving } = state
  if (now?.file !== news.file) return
  if (gone !== state.gone) useFlow.setState({ gone })
  if (by === editor || saving > 0 || isOutrun(engine.client, now, news)) return
  // An engine that was started again counts anew.
  if (now.text === news.text) return useFlow.setState({ draft: { ...now, revision: news.revision } })
  show(news, takenOver(state, news.text))
}

/** Opens a flow, as soon as there is an engine, and follows what others make of it until `signal` says that it was left. */
export const openFlow = async (engine: Engine, place: FlowPlace, signal: AbortSignal): Promise<void> => {
  const draft = await readFlow(engine, place)
  if (signal.aborted) return
  closeFlow()
  show(draft)
  const stop = engine.follow(
    (client, ended) => client.flows.watch({ file: draft.file }, { signal: ended }),
    (news) => hear(engine, news),
    // After a start of the engine nobody else knows what it held.
    ({ code }) => code === 'not-found' && useFlow.setState({ gone: true }),
  )
  signal.addEventListener('abort', stop, { once: true })
}

export const forgetElsewhere = (): void => useFlow.setState({ elsewhere: null })

/** The file that is gone is made anew. */
export const writeBack = async (engine: Engine): Promise<void> => {
  const { draft } = useFlow.getState()
  if (!draft) return
  try {
    await engine.client.flows.writeBack({ file: draft.file })
  } catch (error) {
    useFlow.setState({ refused: failureOfCall(error) })
  }
}
