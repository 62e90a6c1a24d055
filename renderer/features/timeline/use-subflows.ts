import { useEffect, useState } from 'react'
import type { EngineClient } from '#core/api/client.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useRunDocument } from '#renderer/stores/run-document.ts'
import { useRun } from '#renderer/stores/run.ts'
import type { Subflow } from './rows.ts'

const deepest = 3
const most = 50
/** Milliseconds between two looks. */
const pace = 1500

const none: readonly Subflow[] = []

const readSubflows = async (client: EngineClient, flowRun: string, depth: number): Promise<readonly Subflow[]> => {
  if (depth > deepest) return none
  const { children } = await client.runs.inspect({ flowRun })
  return Promise.all(
    children.slice(0, most).map(async (child) => ({
      flowRun: child,
      timeline: await client.runs.timeline({ flowRun: child.id }),
      subflows: await readSubflows(client, child.id, depth + 1),
    })),
  )
}

/** The subflow runs of the shown run, looked at again while it goes on. */
export const useSubflows = (): readonly Subflow[] => {
  const { engine } = useWorld()
  const flowRun = useRun((state) => state.flowRun?.id ?? null)
  const ended = useRun((state) => state.ended)
  const document = useRunDocument()?.document
  const has = document?.tasks.some(({ type }) => type === 'flow.run') ?? false
  const [subflows, setSubflows] = useState(none)
  useEffect(() => {
    if (flowRun === null || !has) return undefined
    let timer: ReturnType<typeof setTimeout> | null = null
    let left = false
    const read = async () => {
      const found = await readSubflows(engine.client, flowRun, 1).catch(() => none)
      if (left) return
      setSubflows(found)
      if (!ended) timer = setTimeout(() => void read(), pace)
    }
    void read()
    return () => {
      left = true
      if (timer !== null) clearTimeout(timer)
    }
  }, [engine, flowRun, has, ended])
  return flowRun !== null && has ? subflows : none
}
