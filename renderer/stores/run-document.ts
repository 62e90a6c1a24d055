import { useEffect, useState } from 'react'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useRun } from './run.ts'
import { useIsConnected } from './session.ts'

/** A flow as a run ran it: its text, and what it was read as where it can still be read. */
export type RunDocument = { readonly text: string; readonly document: FlowDocument | null }

const known = new Map<string, Promise<RunDocument | null>>()
const mostKnown = 20

const folderOf = ({ file }: FlowRun): string | null => file?.replace(/[/\\][^/\\]*$/, '') ?? null

const read = async (engine: Engine, flowRun: FlowRun): Promise<RunDocument | null> => {
  const { text } = await engine.client.flows.documentText({ document: flowRun.document })
  const source = { from: 'text', text, folder: folderOf(flowRun) } as const
  const inspection = await engine.client.flows.inspect({ source }).catch(() => null)
  return { text, document: inspection?.document ?? null }
}

/** The flow that the shown run ran; null while it is not known. */
export const useRunDocument = (): RunDocument | null => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const hash = useRun((state) => state.flowRun?.document ?? null)
  const [found, setFound] = useState<{ hash: string; document: RunDocument | null } | null>(null)
  useEffect(() => {
    const { flowRun } = useRun.getState()
    if (hash === null || !flowRun || !connected) return undefined
    let left = false
    const reading = known.get(hash) ?? read(engine, flowRun).catch(() => null)
    known.set(hash, reading)
    const oldest = known.size > mostKnown ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    const take = async () => {
      const document = await reading
      if (document === null) known.delete(hash)
      if (!left) setFound({ hash, document })
    }
    void take()
    return () => {
      left = true
    }
  }, [connected, engine, hash])
  return found?.hash === hash ? found.document : null
}
