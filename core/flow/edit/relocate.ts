import type { ParsedNode } from 'yaml'
import type { Content } from './content.ts'
import { contentOf } from './content.ts'
import { replaceInSlot } from './replace.ts'
import type { FlowText } from './sharing.ts'
import type { Slot } from './slots.ts'
import { isFlow } from './slots.ts'
import type { Change } from './splices.ts'
import { deletion } from './splices.ts'
import { isAliasNode, isListNode, isMapNode, isScalarNode, lineEnd, lineStart, nextLine, unsafe } from './syntax.ts'
import { valueOf } from './values.ts'

/**
 * Anchored nodes that go, or are to change alone, hand their old value and their anchor to the first alias that is left,
 * so that all others still stand for the same.
 */
export const relocateAnchors = (flow: FlowText, gone: ReadonlySet<ParsedNode>, departed: readonly Slot[]): Change[] => {
  const leaving = new Set([...gone, ...departed.flatMap(({ node }) => (node ? [node] : []))])
  if (![...leaving].some((node) => 'anchor' in node && node.anchor)) return []
  const { aliases, anchors } = flow.sharing()
  const left = aliases.filter(({ node }) => !gone.has(node))
  const wanted = new Set(left.map(({ target }) => target))
  const definitions: Definition[] = anchors
    .filter(({ node }) => !leaving.has(node))
    .map(({ name, node, slot }) => ({ name, node, at: slot.start }))
  const moved = new Set<ParsedNode>()
  const move: Move = { flow, leaving, wanted, moved, definitions }
  const changes: Change[] = []
  for (const { slot, target } of left) {
    if (!leaving.has(target) || moved.has(target)) continue
    const content = movedContent(move, target, slot.start)
    if (slot.holder === 'key' && content.kind !== 'scalar') throw unsafe('A key stands for a collection elsewhere.')
    changes.push(...replaceInSlot(flow, { slot, content, keepsAnchor: false, models: [] }))
  }
  return [
    ...departed.filter(({ node }) => node && moved.has(node)).map((slot) => anchorDeletion(flow.text, slot)),
    ...changes,
  ]
}

type Definition = { readonly name: string; readonly node: ParsedNode; readonly at: number }
type Move = {
  readonly flow: FlowText
  readonly leaving: ReadonlySet<ParsedNode>
  /** Nodes that aliases stand for. */
  readonly wanted: ReadonlySet<ParsedNode>
  readonly moved: Set<ParsedNode>
  /** Of all anchors as they will be. */
  readonly definitions: Definition[]
}

/** A node as it will be written at `at`, with those anchors in it that are still wanted and have no place yet. */
const movedContent = (move: Move, node: ParsedNode, at: number): Content => {
  const { flow, leaving, wanted, moved, definitions } = move
  if (isAliasNode(node)) return referenceTo(move, node.source, flow.sharing().targetOf(node), at)
  const name = node.anchor
  if (name && moved.has(node)) return referenceTo(move, name, node, at)
  if (name && !leaving.has(node)) return referenceTo(move, name, node, at)
  const anchor = name && wanted.has(node) ? { anchor: name } : {}
  if (name && wanted.has(node)) {
    moved.add(node)
    definitions.push({ name, node, at })
  }
  if (isMapNode(node)) {
    const entries = node.items.map(({ key, value }) => ({
      key: movedContent(move, key, at),
      value: value ? movedContent(move, value, at) : contentOf(null),
    }))
    return { kind: 'map', entries, flow: isFlow(node), ...anchor }
  }
  if (isListNode(node)) {
    return {
      kind: 'list',
      items: node.items.map((item) => movedContent(move, item, at)),
      flow: isFlow(node),
      ...anchor,
    }
  }
  return { ...scalarContent(flow, node), ...anchor }
}

const scalarContent = (flow: FlowText, node: ParsedNode): Extract<Content, { kind: 'scalar' }> => {
  const { value, token } = { value: valueOf(flow, node), token: node.srcToken }
  if (typeof value === 'object' && value !== null) throw unsafe('A value has an unknown form.')
  const isMergeKey = isScalarNode(node) && node.type === 'PLAIN' && node.value === '<<'
  const isQuoted = token?.type === 'single-quoted-scalar' || token?.type === 'double-quoted-scalar'
  const source = token && 'source' in token && !token.source.includes('\n') ? token.source : undefined
  const keepsSource = source !== undefined && (isQuoted || isMergeKey || (typeof value === 'number' && source !== ''))
  return { kind: 'scalar', value, ...(keepsSource && { source }) }
}

/** An alias where it will stand for the same node, else a copy of the value. */
const referenceTo = ({ flow, definitions }: Move, name: string, node: ParsedNode, at: number): Content => {
  const visible = definitions.filter((definition) => definition.name === name && definition.at <= at)
  const latest = visible.reduce<Definition | null>((last, each) => (last && last.at > each.at ? last : each), null)
  return latest?.node === node ? { kind: 'alias', name } : contentOf(valueOf(flow, node))
}

const anchorDeletion = (text: string, { anchor }: Slot): Change => {
  if (!anchor) throw unsafe('An anchor could not be found.')
  const { from, to } = anchor
  const start = lineStart(text, from)
  const before = text.slice(start, from)
  if (before.trim() !== '' && /\s$/.test(before)) return deletion(start + before.trimEnd().length, to)
  const rest = text.slice(to, lineEnd(text, to))
  if (rest.trim() === '' && before.trim() === '') return deletion(start, nextLine(text, to))
  return deletion(from, to + rest.length - rest.trimStart().length)
}
