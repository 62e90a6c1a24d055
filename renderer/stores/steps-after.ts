import type { EditOperation, Splice } from '#core/model/flow-edit.ts'
import type { Step } from './flow.ts'

/** Lines of a text, and by how much what follows them has moved. */
type Changed = { readonly start: number; readonly end: number; readonly moved: number }

const changedBetween = (before: string, after: string): Changed => {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let same = 0
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same += 1
  const lineEnd = before.indexOf('\n', before.length - same)
  return {
    start: before.slice(0, start).lastIndexOf('\n') + 1,
    end: lineEnd < 0 ? before.length : lineEnd,
    moved: after.length - before.length,
  }
}

const lengthened = ({ insert, remove }: Splice): number => insert.length - remove.length

/** The splices around these lines, and the lines in the text they leave; null when one touches them. */
const around = (
  splices: readonly Splice[],
  { start, end, moved }: Changed,
): { readonly splices: readonly Splice[]; readonly changed: Changed } | null => {
  let shift = 0
  const kept: Splice[] = []
  for (const splice of splices) {
    const isBefore = splice.at + splice.remove.length <= start
    if (!isBefore && splice.at < end) return null
    if (isBefore) shift += lengthened(splice)
    kept.push(isBefore ? splice : { ...splice, at: splice.at + moved })
  }
  return { splices: kept, changed: { start: start + shift, end: end + shift, moved } }
}

const splicesOf = (operation: EditOperation): readonly Splice[] | null =>
  operation.kind === 'splice' ? operation.splices : null

/**
 * Steps of one text for another that differs from it in some lines side by side. They name places in the text, so what comes
 * after those lines moves. The last is the next to be made; those from the first that touches these lines on are left out.
 */
export const stepsAfter = (steps: readonly Step[], before: string, after: string): readonly Step[] => {
  let changed = changedBetween(before, after)
  const kept: Step[] = []
  for (const { label, operation } of steps.toReversed()) {
    const moved = around(splicesOf(operation) ?? [], changed)
    if (splicesOf(operation) === null || moved === null) break
    kept.unshift({ label, operation: { kind: 'splice', splices: moved.splices } })
    changed = moved.changed
  }
  return kept
}
