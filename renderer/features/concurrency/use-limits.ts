import { useCallback, useEffect, useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import { slotTaskRun, type TagLimit } from '#core/model/reports.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useIsConnected } from '#renderer/stores/session.ts'

export type Limits = {
  readonly list: readonly TagLimit[] | null
  /** Names of the runs that hold or wait, by id. */
  readonly names: ReadonlyMap<string, string>
  readonly failure: string | null
  /** False when it was refused; `failure` says why. */
  set(tag: string, limit: number): Promise<boolean>
  remove(tag: string): Promise<boolean>
}

/** Milliseconds; task runs take and give back slots more often than that. */
const period = 500

const readNames = async (engine: Engine, list: readonly TagLimit[], known: ReadonlyMap<string, string>) => {
  const ids = new Set(
    list.flatMap(({ holders, waiters }) => [...holders, ...waiters].map((one) => slotTaskRun(one).flowRun)),
  )
  const missing = [...ids].filter((id) => !known.has(id))
  if (missing.length === 0) return known
  const found = await Promise.all(
    missing.map((flowRun) =>
      engine.client.runs.inspect({ flowRun }).then(
        (detail) => detail.flowRun,
        () => null,
      ),
    ),
  )
  return new Map([...known, ...found.flatMap((run) => (run ? [[run.id, run.name] as const] : []))])
}

/** The limits as they are, looked at again while the page is open. */
export const useLimits = (engine: Engine): Limits => {
  const connected = useIsConnected()
  const [list, setList] = useState<readonly TagLimit[] | null>(null)
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map())
  const [failure, setFailure] = useState<string | null>(null)
  const attempt = useCallback(
    async (work: () => Promise<unknown> = () => Promise.resolve()) => {
      let isDone = false
      try {
        await work()
        isDone = true
        const limits = await engine.client.limits.list()
        setList(limits)
        setNames((known) => {
          void readNames(engine, limits, known).then((next) => next !== known && setNames(next))
          return known
        })
        setFailure(null)
      } catch (error) {
        setFailure(failureOfCall(error).message)
      }
      return isDone
    },
    [engine],
  )
  useEffect(() => {
    if (!connected) return undefined
    void attempt()
    const timer = setInterval(() => void attempt(), period)
    return () => clearInterval(timer)
  }, [attempt, connected])
  return {
    list,
    names,
    failure,
    set: (tag, limit) => attempt(() => engine.client.limits.set({ tag, limit })),
    remove: (tag) => attempt(() => engine.client.limits.delete({ tag })),
  }
}
