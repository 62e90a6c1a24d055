import type { ParsedNode } from 'yaml'
import type { Slot } from './slots.ts'
import { slotIn } from './slots.ts'
import type { Style } from './style.ts'
import { styleOf } from './style.ts'
import type { ListNode, MapNode, Syntax } from './syntax.ts'
import { isAliasNode, isListNode, isMapNode, parseSyntax, unsafe } from './syntax.ts'

export type Anchor = { readonly name: string; readonly node: ParsedNode; readonly slot: Slot }
export type AliasUse = { readonly node: ParsedNode; readonly slot: Slot; readonly target: ParsedNode }

/** Which nodes have anchors, and which aliases stand for them: both in the order of the text. */
export type Sharing = {
  readonly anchors: readonly Anchor[]
  readonly aliases: readonly AliasUse[]
  targetOf(alias: ParsedNode): ParsedNode
  slotOf(anchored: ParsedNode): Slot
}

/** A text that is being edited, with what is worked out of it once and only when asked for. */
export type FlowText = Syntax & {
  readonly sharing: () => Sharing
  readonly style: () => Style
  /** Of the keys of maps; see reach.ts. */
  readonly indexes: Map<MapNode, ReadonlyMap<string, number>>
}

export const openFlowText = (text: string): FlowText => {
  const syntax = parseSyntax(text)
  let sharing: Sharing | undefined
  let style: Style | undefined
  return {
    ...syntax,
    sharing: () => (sharing ??= readSharing(syntax)),
    style: () => (style ??= styleOf(syntax)),
    indexes: new Map(),
  }
}

const readSharing = (syntax: Syntax): Sharing => {
  const anchors: Anchor[] = []
  const aliases: AliasUse[] = []
  const latest = new Map<string, ParsedNode>()

  // Without closures and slots for what has neither anchor nor alias: this visits every node of the document.
  const visit = (node: ParsedNode | null, parent: MapNode | ListNode | null, index: number, isKey: boolean): void => {
    if (!node) return
    if (isAliasNode(node)) {
      const target = latest.get(node.source)
      if (!target) throw unsafe(`The alias *${node.source} has no anchor before it.`)
      aliases.push({ node, slot: slotIn(syntax, parent, index, isKey), target })
      return
    }
    if (node.anchor) {
      anchors.push({ name: node.anchor, node, slot: slotIn(syntax, parent, index, isKey) })
      latest.set(node.anchor, node)
    }
    if (isListNode(node)) for (const [at, item] of node.items.entries()) visit(item, node, at, false)
    if (!isMapNode(node)) return
    for (const [at, { key, value }] of node.items.entries()) {
      visit(key, node, at, true)
      visit(value, node, at, false)
    }
  }

  visit(syntax.root, null, 0, false)
  const targets = new Map(aliases.map(({ node, target }) => [node, target]))
  const slots = new Map(anchors.map(({ node, slot }) => [node, slot]))
  return {
    anchors,
    aliases,
    targetOf: (alias) => found(targets.get(alias)),
    slotOf: (anchored) => found(slots.get(anchored)),
  }
}

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw unsafe('An alias could not be followed.')
  return value
}

/** A node and all below it, as written: aliases are not followed. */
export const withDescendants = (node: ParsedNode | null): ParsedNode[] => {
  if (!node) return []
  if (isMapNode(node)) {
    return [node, ...node.items.flatMap(({ key, value }) => [...withDescendants(key), ...withDescendants(value)])]
  }
  return isListNode(node) ? [node, ...node.items.flatMap(withDescendants)] : [node]
}

/** Through any alias to the node that has the value. */
export const resolved = (flow: FlowText, node: ParsedNode | null): ParsedNode | null =>
  isAliasNode(node) ? flow.sharing().targetOf(node) : node
