import type { ParsedNode } from 'yaml'
import type { FlowText } from './sharing.ts'
import { withDescendants } from './sharing.ts'
import type { Slot } from './slots.ts'
import type { Change } from './splices.ts'
import { relocateAnchors } from './relocate.ts'

/** What an edit does to the text, before the anchors that it touches are seen to. */
export type Plan = {
  readonly changes: readonly Change[]
  /** Nodes whose text goes, with all below them. */
  readonly gone: readonly ParsedNode[]
  /** Anchored nodes that change within, while others that stand for them keep the value they have. */
  readonly departed: readonly Slot[]
}

export const nothing: Plan = { changes: [], gone: [], departed: [] }

export const together = (plans: readonly Plan[]): Plan => ({
  changes: plans.flatMap(({ changes }) => changes),
  gone: plans.flatMap(({ gone }) => gone),
  departed: plans.flatMap(({ departed }) => departed),
})

/** Whether an alias stands for the node. */
export const isShared = (flow: FlowText, node: ParsedNode): boolean =>
  Boolean('anchor' in node && node.anchor) && flow.sharing().aliases.some(({ target }) => target === node)

/** Whether an anchor may stay at a place whose value changes: nothing stands for it, and its name means nothing else. */
export const keepsAnchor = (flow: FlowText, { node, anchor, tagged }: Slot): boolean => {
  if (!anchor || tagged) return false
  const { anchors, aliases } = flow.sharing()
  const name = flow.text.slice(anchor.from + 1, anchor.to)
  return aliases.every(({ target }) => target !== node) && anchors.filter((each) => each.name === name).length === 1
}

/** Those with an anchor. */
export const anchoredSlots = (slots: readonly Slot[]): Slot[] => slots.filter(({ anchor }) => anchor !== null)

export const changesOf = (flow: FlowText, { changes, gone, departed }: Plan): Change[] => {
  const goneNodes = new Set(gone.flatMap(withDescendants))
  const left = [...new Set(departed)].filter(({ node }) => node && !goneNodes.has(node))
  return [...relocateAnchors(flow, goneNodes, left), ...changes]
}
