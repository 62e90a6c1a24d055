import { useEffect, useRef, useState } from 'react'
import type { RunTimeline } from '#core/model/run-timeline.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useRun } from './run.ts'
import { useIsConnected } from './session.ts'

/** Milliseconds between two looks; a long timeline is looked at less often. */
const shortest = 400
const patience = 10

/** Every state of the shown run and its task runs, as far as they have come. */
export const useTimeline = (): RunTimeline | null => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const flowRun = useRun((state) => state.flowRun?.id ?? null)
  const state = useRun((run) => run.flowRun?.state ?? null)
  const taskRuns = useRun((run) => run.taskRuns)
  const [timeline, setTimeline] = useState<RunTimeline | null>(null)
  const next = useRef({ at: 0, timer: null as ReturnType<typeof setTimeout> | null })
  useEffect(() => {
    if (flowRun === null || !connected || next.current.timer !== null) return
    const read = async () => {
      const begun = Date.now()
      const found = await engine.client.runs.timeline({ flowRun }).catch(() => null)
      const took = Date.now() - begun
      next.current = { at: Date.now() + Math.max(shortest, took * patience), timer: null }
      if (found && useRun.getState().flowRun?.id === flowRun) setTimeline(found)
    }
    next.current.timer = setTimeout(
      () => {
        next.current.timer = null
        void read()
      },
      Math.max(0, next.current.at - Date.now()),
    )
  }, [connected, engine, flowRun, state, taskRuns])
  useEffect(() => {
    const { current } = next
    return () => {
      if (current.timer !== null) clearTimeout(current.timer)
      current.timer = null
    }
  }, [])
  return timeline?.flowRun === flowRun ? timeline : null
}
