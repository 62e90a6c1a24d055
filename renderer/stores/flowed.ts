import { handlesIn, type Handle } from '#core/model/handle.ts'
import { isTerminal } from '#core/model/state.ts'
import type { RunState } from './run.ts'

/** What an output came to: rows of tables, bytes of files. Null where nothing is known. */
export type Flowed =
  | { readonly kind: 'table'; readonly rows: number }
  | { readonly kind: 'file'; readonly files: number; readonly bytes: number }
  | null

const sum = (handles: readonly Handle[]): Flowed => {
  const [first] = handles
  if (first?.kind === 'table') {
    const rows = handles.map((handle) => (handle.kind === 'table' ? handle.rows : null))
    return rows.some((count) => count === null)
      ? null
      : { kind: 'table', rows: rows.reduce<number>((total, count) => total + (count ?? 0), 0) }
  }
  if (first?.kind !== 'file') return null
  const bytes = handles.reduce((total, handle) => total + (handle.kind === 'file' ? handle.bytes : 0), 0)
  return { kind: 'file', files: handles.length, bytes }
}

/** Of a mapped task all items together, once it has ended. */
export const flowedIn = ({ taskRuns }: Pick<RunState, 'taskRuns'>, task: string, output: string): Flowed => {
  const run = taskRuns.get(task)
  if (!run) return null
  if (run.items === null || run.outputs[output]) return sum(handlesIn(run.outputs[output]))
  if (!isTerminal(run.state)) return null
  const handles: Handle[] = []
  for (let item = 0; item < run.items; item++)
    handles.push(...handlesIn(taskRuns.get(`${task}[${item}]`)?.outputs[output]))
  return sum(handles)
}
