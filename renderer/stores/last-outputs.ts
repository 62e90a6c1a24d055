import { create } from 'zustand'
import type { TaskRun } from '#core/model/flow-run.ts'
import { handlesIn, type Outputs } from '#core/model/handle.ts'
import { parseTaskRunKey } from '#core/model/task-run-key.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Outline } from './outline.ts'

/** Outputs of the last run of the open flow, by task; of a mapped task those of the first item that has any. */
export type OutputsByTask = ReadonlyMap<string, Outputs>

export type LastOutputsState = { readonly flow: string | null; readonly outputs: OutputsByTask }

export const useLastOutputs = create<LastOutputsState>(() => ({ flow: null, outputs: new Map() }))

export const outputsOf = (taskRuns: Iterable<TaskRun>): OutputsByTask => {
  const found = new Map<string, Outputs>()
  for (const { key, outputs } of taskRuns) {
    const { task } = parseTaskRunKey(key)
    if (!found.has(task) && Object.keys(outputs).length > 0) found.set(task, outputs)
  }
  return found
}

/** Asks for the last run of a flow; nothing is known of one that has never run. */
export const loadLastOutputs = async (engine: Engine, flow: string): Promise<void> => {
  if (useLastOutputs.getState().flow === flow) return
  useLastOutputs.setState({ flow, outputs: new Map() })
  try {
    const [last] = await engine.client.runs.list({ flow, limit: 1 })
    if (!last) return
    const { taskRuns } = await engine.client.runs.inspect({ flowRun: last.id })
    if (useLastOutputs.getState().flow === flow) useLastOutputs.setState({ outputs: outputsOf(taskRuns) })
  } catch {
    useLastOutputs.setState({ flow: null })
  }
}

/** Names of the columns of the table that an input takes, from the first of `known` that has it. */
export const columnsAt = (
  { wires }: Outline,
  at: { readonly task: string; readonly port: string },
  known: readonly OutputsByTask[],
): readonly string[] => {
  const from = wires.filter(({ to }) => to.task === at.task && to.port === at.port).map((wire) => wire.from)
  const names = from.flatMap(({ task, output }) => {
    const outputs = known.map((one) => one.get(task)?.[output]).find((one) => one !== undefined)
    const [handle] = handlesIn(outputs)
    return handle?.kind === 'table' ? handle.columns.map(({ name }) => name) : []
  })
  return [...new Set(names)]
}
