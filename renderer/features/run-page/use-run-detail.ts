import { useEffect, useState } from 'react'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { FlowRunDetail } from '#core/model/run-news.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useIsConnected } from '#renderer/stores/session.ts'

type Known = { readonly detail: FlowRunDetail | null; readonly parent: FlowRun | null }

/** What is told beside the run itself: its subflow runs, the run it is part of, when it should end. Asked again when its state changes. */
export const useRunDetail = ({ id, parent, state }: FlowRun): Known => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const [known, setKnown] = useState<Known>({ detail: null, parent: null })
  const above = parent?.flowRun ?? null
  useEffect(() => {
    if (!connected) return undefined
    let left = false
    const read = async () => {
      const { runs } = engine.client
      const [detail, upper] = await Promise.all([
        runs.inspect({ flowRun: id }),
        above === null ? null : runs.inspect({ flowRun: above }).catch(() => null),
      ])
      if (!left) setKnown({ detail, parent: upper?.flowRun ?? null })
    }
    read().catch(() => undefined)
    return () => {
      left = true
    }
  }, [connected, engine, id, above, state])
  return known.detail?.flowRun.id === id ? known : { detail: null, parent: null }
}
