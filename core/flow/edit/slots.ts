import type { ParsedNode } from 'yaml'
import type { Entry, Syntax, ItemToken, ListNode, MapNode, Token } from './syntax.ts'
import { columnOf, isListNode, isMapNode, unsafe } from './syntax.ts'

/** The place in the text where a node stands, or could stand. Offsets. */
export type Slot = {
  readonly node: ParsedNode | null
  readonly token: Token | null
  readonly holder: 'root' | 'map' | 'list' | 'key'
  /** Within braces or brackets. */
  readonly flow: boolean
  /** Column of the holder's entries, -1 at the root: what is below must be deeper. */
  readonly indent: number
  /** The end of the `:` or `-` that the node follows. */
  readonly after: number
  /** There is a key without a colon. */
  readonly lacksColon: boolean
  readonly anchor: { readonly from: number; readonly to: number } | null
  readonly tagged: boolean
  /** The first of anchor, tag and body. */
  readonly start: number
  readonly body: number
  /** The end of the body without a comment, or of the last property; `after` when there is nothing. */
  readonly end: number
}

type Small = { readonly type: string; readonly offset: number; readonly source: string }
const blank = new Set(['space', 'newline', 'comment', 'comma'])
const endOfSmall = (token: Small) => token.offset + token.source.length
const isEmpty = (token: Token | null | undefined): boolean => !token || (token.type === 'scalar' && token.source === '')

/** The end of a token's content: no comment after it, no blank lines that a block scalar does not count. */
export const endOf = (token: Token): number => {
  switch (token.type) {
    case 'flow-collection': {
      const close = token.end[0]
      return close ? endOfSmall(close) : token.offset
    }
    case 'block-map':
    case 'block-seq': {
      const item = token.items.findLast((each) => each.key || each.value || meaningful(each.start).length > 0)
      return item ? endOfItem(item) : token.offset
    }
    case 'block-scalar':
      return endOfBlockScalar(token)
    default:
      return 'source' in token ? token.offset + token.source.length : token.offset
  }
}

type BlockScalarToken = Extract<Token, { type: 'block-scalar' }>

const headerOf = (token: BlockScalarToken) =>
  token.props.filter((prop): prop is Extract<Token, Small> => 'source' in prop)

/** The `|` or `>` and what it says of line breaks and indentation. */
export const blockHeader = (token: BlockScalarToken): string => headerOf(token)[0]?.source ?? ''

/** Where the lines below the `|` begin. */
export const contentStart = (token: BlockScalarToken): number =>
  headerOf(token).reduce((sum, { source }) => sum + source.length, token.offset)

const endOfBlockScalar = (token: BlockScalarToken): number => {
  const header = headerOf(token)
  const shown = header.findLast(({ type }) => type !== 'newline' && type !== 'space')
  const from = contentStart(token)
  const keeps = header[0]?.source.includes('+') ?? false
  const content = token.source.replace(keeps ? /\r?\n$/ : /(?:\r?\n)+$/, '')
  return content === '' ? (shown ? endOfSmall(shown) : token.offset) : from + content.length
}

const meaningful = (tokens: readonly Small[] | undefined): Small[] =>
  (tokens ?? []).filter(({ type }) => !blank.has(type))

export const startOfItem = (item: ItemToken): number => {
  const first = meaningful(item.start)[0] ?? item.key ?? meaningful(item.sep)[0] ?? item.value
  if (!first) throw unsafe('An entry without content was found.')
  return first.offset
}

export const endOfItem = (item: ItemToken): number => {
  if (item.value && !isEmpty(item.value)) return endOf(item.value)
  const separator = meaningful(item.sep).at(-1)
  if (separator) return endOfSmall(separator)
  if (item.key && !isEmpty(item.key)) return endOf(item.key)
  const start = meaningful(item.start).at(-1)
  return start ? endOfSmall(start) : startOfItem(item)
}

/** An entry or item as the text has it. */
export const itemToken = (node: MapNode | ListNode, index: number): ItemToken => {
  const token = isMapNode(node) ? node.items[index]?.srcToken : tokenInList(node, index)
  if (!token) throw unsafe('A collection has an unknown form.')
  return token
}

const tokenInList = (node: ListNode, index: number): ItemToken | undefined => {
  const token = tokenOf(node)
  return token?.type === 'block-seq' || token?.type === 'flow-collection' ? token.items[index] : undefined
}

export const tokenOf = (node: ParsedNode | null): Token | null => {
  const token: Token | undefined = node?.srcToken
  return token && !isEmpty(token) ? token : null
}

/** Column of the entries of a block collection. */
export const entryColumn = (source: Syntax, node: MapNode | ListNode): number => {
  return node.items.length === 0 ? 0 : columnOf(source.text, startOfItem(itemToken(node, 0)))
}

const tokenOfEntry = (entry: Entry): ItemToken => {
  if (!entry.srcToken) throw unsafe('A map has an unknown form.')
  return entry.srcToken
}

type Position = Pick<Slot, 'holder' | 'flow' | 'indent' | 'after' | 'lacksColon'>

const slotFrom = (node: ParsedNode | null, position: Position, before: readonly Small[]): Slot => {
  const token = tokenOf(node)
  const anchor = before.find(({ type }) => type === 'anchor')
  const properties = before.filter(({ type }) => type === 'anchor' || type === 'tag')
  const end = token ? endOf(token) : Math.max(position.after, ...properties.map(endOfSmall))
  const body = token ? token.offset : end
  return {
    ...position,
    node,
    token,
    anchor: anchor ? { from: anchor.offset, to: endOfSmall(anchor) } : null,
    tagged: properties.some(({ type }) => type === 'tag'),
    start: properties[0]?.offset ?? body,
    body,
    end,
  }
}

export const rootSlot = (source: Syntax): Slot => {
  const position = {
    holder: 'root',
    flow: false,
    indent: -1,
    after: 0,
    lacksColon: false,
  } as const
  return slotFrom(source.root, position, [])
}

export const isFlow = (node: MapNode | ListNode): boolean => node.flow === true

export const valueSlot = (source: Syntax, map: MapNode, entry: Entry): Slot => {
  const item = tokenOfEntry(entry)
  const colon = item.sep?.find(({ type }) => type === 'map-value-ind')
  const flow = isFlow(map)
  const position: Position = {
    holder: 'map',
    flow,
    indent: flow ? 0 : entryColumn(source, map),
    after: colon ? endOfSmall(colon) : endOfItem(item),
    lacksColon: !colon,
  }
  const from = colon ? (item.sep ?? []).indexOf(colon) + 1 : (item.sep ?? []).length
  return slotFrom(entry.value, position, (item.sep ?? []).slice(from))
}

export const keySlot = (source: Syntax, map: MapNode, entry: Entry): Slot => {
  const item = tokenOfEntry(entry)
  const start = startOfItem(item)
  const indent = isFlow(map) ? 0 : columnOf(source.text, start)
  const properties = item.start.filter(({ type }) => type === 'anchor' || type === 'tag')
  return slotFrom(entry.key, { holder: 'key', flow: true, indent, after: start, lacksColon: false }, properties)
}

export const itemSlot = (source: Syntax, list: ListNode, index: number): Slot => {
  const item = itemToken(list, index)
  const node = list.items[index] ?? null
  const flow = isFlow(list)
  const dash = item.start.find(({ type }) => type === 'seq-item-ind')
  const position = { holder: 'list', flow, lacksColon: false } as const
  // A pair within brackets, `[a: 1]`, is a map that begins with its key.
  if (item.sep) {
    const slot = slotFrom(node, { ...position, indent: 0, after: startOfItem(item) }, [])
    return { ...slot, start: startOfItem(item), body: startOfItem(item), end: endOfItem(item) }
  }
  const indent = flow ? 0 : entryColumn(source, list)
  return slotFrom(node, { ...position, indent, after: dash ? endOfSmall(dash) : startOfItem(item) }, item.start)
}

/** The place of the key or value of an entry, of an item, or of the root. */
export const slotIn = (syntax: Syntax, parent: MapNode | ListNode | null, index: number, isKey: boolean): Slot => {
  if (parent === null) return rootSlot(syntax)
  if (isListNode(parent)) return itemSlot(syntax, parent, index)
  const entry = parent.items[index]
  if (!entry) throw unsafe('An entry could not be found.')
  return isKey ? keySlot(syntax, parent, entry) : valueSlot(syntax, parent, entry)
}

/** A node, and its place for those who need it. */
export type Place = { readonly node: ParsedNode | null; readonly slot: () => Slot }

export const itemPlaces = (syntax: Syntax, list: ListNode): Place[] =>
  list.items.map((node, index) => ({ node, slot: () => itemSlot(syntax, list, index) }))

export type Child = Place & { readonly isKey: boolean }

export const childrenOf = (syntax: Syntax, node: ParsedNode | null): Child[] => {
  if (isListNode(node)) return itemPlaces(syntax, node).map((place) => ({ ...place, isKey: false }))
  if (!isMapNode(node)) return []
  return node.items.flatMap((entry) => [
    { node: entry.key, isKey: true, slot: () => keySlot(syntax, node, entry) },
    { node: entry.value, isKey: false, slot: () => valueSlot(syntax, node, entry) },
  ])
}
