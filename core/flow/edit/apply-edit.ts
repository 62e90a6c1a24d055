import type { EditOperation, Edited, Splice } from '#core/model/flow-edit.ts'
import { groupsOf, planGroup, tried } from './group-operations.ts'
import type { StructuralOperation } from './plan-operation.ts'
import { stepsOf } from './plan-operation.ts'
import { changesOf } from './plan.ts'
import { openFlowText } from './sharing.ts'
import { applySplices, composition, difference, edited, inverseOf } from './splices.ts'

/** Throws Refused, and changes nothing, when the edit cannot be made safely. Parses the text once for each operation that cannot be made together with those before it. */
export const applyEdit = (text: string, operation: EditOperation): Edited => {
  switch (operation.kind) {
    case 'replace-text':
      return edited(text, difference(text, operation.text))
    case 'splice':
      return spliced(text, operation.splices)
    case 'batch':
      return inTurn(
        text,
        groupsOf(operation.operations).map((group) => (now) => applyGroup(now, group)),
      )
    default:
      return applyStructural(text, operation)
  }
}

/** All of a group in one pass, or one after the other where that cannot be. */
const applyGroup = (text: string, group: readonly EditOperation[]): Edited => {
  const [only, second] = group
  if (only && !second) return applyEdit(text, only)
  const flow = openFlowText(text)
  const plan = planGroup(flow, group)
  const changed = plan && tried(() => edited(text, changesOf(flow, plan)))
  return (
    changed ??
    inTurn(
      text,
      group.map((each) => (now) => applyEdit(now, each)),
    )
  )
}

const spliced = (text: string, splices: readonly Splice[]): Edited => ({
  text: applySplices(text, splices),
  splices,
  inverse: { kind: 'splice', splices: inverseOf(splices) },
})

const applyStructural = (text: string, operation: StructuralOperation): Edited => {
  const flow = openFlowText(text)
  const [first, ...rest] = stepsOf(flow, operation)
  if (!first) return edited(text, [])
  const once = edited(text, changesOf(flow, first(flow)))
  if (rest.length === 0) return once
  return inTurn(text, [
    () => once,
    ...rest.map((step) => (now: string) => {
      const next = openFlowText(now)
      return edited(now, changesOf(next, step(next)))
    }),
  ])
}

/** One edit after the other, as one. */
const inTurn = (text: string, edits: readonly ((now: string) => Edited)[]): Edited => {
  const composed = composition(text)
  let now = text
  for (const edit of edits) {
    const { text: next, splices } = edit(now)
    composed.add(splices)
    now = next
  }
  return edited(text, composed.changes())
}
