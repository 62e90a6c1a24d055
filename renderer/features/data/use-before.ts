import { useEffect, useState } from 'react'
import { filledWord } from '#core/model/fill-words.ts'
import type { TaskRun } from '#core/model/flow-run.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { taskRunKey } from '#core/model/task-run-key.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { flowedIn } from '#renderer/stores/flowed.ts'
import { useRunDocument } from '#renderer/stores/run-document.ts'
import { useRun } from '#renderer/stores/run.ts'

/** The one table that a task took. */
export type Before = {
  readonly task: string
  readonly output: string
  readonly rows: number | null
  /** What gave it, where that is one table: all items of a mapped task give a list. */
  readonly given: { readonly run: TaskRun; readonly table: TableHandle } | null
}

/** Null where a task took none, or several. `type` is that of the task itself. */
export const useBefore = (run: TaskRun): { readonly type: string | null; readonly before: Before | null } => {
  const definition = useRunDocument()?.document?.tasks.find(({ id }) => id === run.task)
  const sources = Object.values(definition?.inputs ?? {}).flat()
  const source = sources.length === 1 ? sources[0] : undefined
  const { task, output } = source ?? { task: '', output: '' }
  // An item takes what the item of the same number gave.
  const giver = useRun(({ taskRuns }) => taskRuns.get(taskRunKey(task, run.item)) ?? taskRuns.get(task))
  const flowed = useRun((state) => {
    const all = flowedIn(state, task, output)
    return all?.kind === 'table' ? all.rows : null
  })
  const type = definition?.type ?? null
  if (!source || !giver) return { type, before: null }
  const table = giver.outputs[output]
  if (table?.kind === 'table') return { type, before: { task, output, rows: table.rows, given: { run: giver, table } } }
  return { type, before: flowed === null ? null : { task, output, rows: flowed, given: null } }
}

const noLines: readonly string[] = []

/** What a task says it has filled, a line for each column; none where it fills nothing or its log is gone. */
export const useFilled = ({ flowRun, key }: TaskRun, fills: boolean): readonly string[] => {
  const { engine } = useWorld()
  const [said, setSaid] = useState(noLines)
  useEffect(() => {
    setSaid(noLines)
    if (!fills) return undefined
    // Lines may come a moment after the end of their task.
    return engine.follow(
      (client, signal) => client.runs.watchLogs({ flowRun, taskRun: key, search: filledWord }, { signal }),
      ({ lines }) => {
        const found = lines.map(({ message }) => message).filter((message) => message.startsWith(filledWord))
        // A task that was tried again says it again.
        setSaid([...new Set(found)])
      },
      () => setSaid(noLines),
    )
  }, [engine, fills, flowRun, key])
  return said
}
