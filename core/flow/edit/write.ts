import type { ParsedNode } from 'yaml'
import type { Content, ContentEntry } from './content.ts'
import { hasSeveralLines, isEmptyContent, isShortList } from './content.ts'
import type { Quote } from './scalar-text.ts'
import { canBeLiteral, literalText, scalarText } from './scalar-text.ts'
import { isFlow } from './slots.ts'
import type { Style } from './style.ts'
import { isListNode, isMapNode, keyOf } from './syntax.ts'

/** Where new text will stand, and what it should look like. */
export type Surroundings = {
  readonly flow: boolean
  readonly holder: 'root' | 'map' | 'list' | 'key'
  /** Column of the holder's entries. */
  readonly indent: number
  /** Whether a `|` may stand here: not where lines follow that would become part of it. */
  readonly literal: boolean
  /** Values of the same sort elsewhere in the document. */
  readonly models: readonly ParsedNode[]
  /** Quotes to use in any case. */
  readonly always: Quote | null
  readonly style: Style
}

/** Text for the line of the `:` or `-`, and whole lines for below it. */
export type Layout = { readonly head: string; readonly body: readonly string[] }

/** Longer ones go on lines of their own, whatever their models do. */
const longestFlow = 140

export const layoutOf = (content: Content, around: Surroundings): Layout => {
  const layout = layoutWithoutAnchor(content, around)
  if (content.kind === 'alias' || !content.anchor) return layout
  return { head: layout.head === '' ? `&${content.anchor}` : `&${content.anchor} ${layout.head}`, body: layout.body }
}

const layoutWithoutAnchor = (content: Content, around: Surroundings): Layout => {
  if (content.kind === 'alias') return inline(`*${content.name}`)
  if (content.kind === 'scalar') return scalarLayout(content, around)
  if (around.flow || isEmptyContent(content) || prefersFlow(content, around)) {
    const head = flowText(content, around)
    if (around.flow || head.length <= longestFlow || around.holder === 'key') return inline(head)
  }
  if (around.holder === 'key') throw new Error('A key is written on one line.')
  return {
    head: '',
    body: content.kind === 'map' ? mapLines(content.entries, around) : listLines(content.items, around),
  }
}

const inline = (head: string): Layout => ({ head, body: [] })

const scalarLayout = ({ value, source }: Extract<Content, { kind: 'scalar' }>, around: Surroundings): Layout => {
  if (source !== undefined) return inline(source)
  const isLiteral =
    typeof value === 'string' && around.literal && !around.flow && around.holder !== 'key' && canBeLiteral(value)
  const step = around.holder === 'list' ? 2 : Math.max(around.style.step, 1)
  // After a dash, readers differ on what an indentation indicator counts from.
  if (isLiteral && !(around.holder === 'list' && /^\n*[ \t]/.test(value)) && step < 10) {
    return literalText(value, step, ' '.repeat(Math.max(around.indent, 0) + step))
  }
  const { quote } = around.style
  return inline(scalarText(value, { flow: around.flow, key: around.holder === 'key', quote, always: around.always }))
}

const prefersFlow = (content: Content, around: Surroundings): boolean => {
  if (content.kind !== 'map' && content.kind !== 'list') return false
  if (content.flow !== undefined) return content.flow
  if (hasSeveralLines(content)) return false
  const model = around.models.findLast((node) =>
    content.kind === 'map' ? isMapNode(node) && node.items.length > 0 : isListNode(node) && node.items.length > 0,
  )
  if (isMapNode(model) || isListNode(model)) return isFlow(model)
  return isShortList(content)
}

const flowText = (content: Content, around: Surroundings): string => {
  const within: Surroundings = { ...around, flow: true, holder: 'map' }
  if (content.kind === 'list') {
    return `[${content.items.map((item) => layoutOf(item, { ...within, models: itemModels(around) }).head).join(', ')}]`
  }
  if (content.kind !== 'map') throw new Error('Only collections stand within braces.')
  if (content.entries.length === 0) return '{}'
  const text = content.entries
    .map((entry) => entryInFlow(entry, { ...within, models: modelsFor(entry.key, around) }))
    .join(', ')
  return around.style.padded ? `{ ${text} }` : `{${text}}`
}

/** `models` are of the value. */
export const entryInFlow = ({ key, value }: ContentEntry, around: Surroundings): string =>
  `${keyBeforeColon(key, { ...around, flow: true })}: ${layoutOf(value, { ...around, flow: true }).head}`

/** A key with what must stand between it and its colon. */
const keyBeforeColon = (key: Content, around: Surroundings): string => {
  const { head } = layoutOf(key, { ...around, holder: 'key', literal: false, models: [] })
  return key.kind === 'alias' ? `${head} ` : head
}

const columnBelow = (content: 'map' | 'list', { holder, indent, style }: Surroundings): number => {
  if (holder === 'root') return 0
  if (holder === 'list') return indent + 2
  return indent + (content === 'map' ? Math.max(style.step, 1) : Math.max(style.dash, 0))
}

const mapLines = (entries: readonly ContentEntry[], around: Surroundings): string[] => {
  const column = columnBelow('map', around)
  return entries.flatMap((entry) => entryLines(entry, column, { ...around, models: modelsFor(entry.key, around) }))
}

/** An entry of a block map whose keys stand at `column`; `models` are of the value. */
export const entryLines = ({ key, value }: ContentEntry, column: number, around: Surroundings): string[] => {
  const { head, body } = layoutOf(value, { ...around, holder: 'map', indent: column })
  const start = `${' '.repeat(column)}${keyBeforeColon(key, around)}:`
  return [head === '' ? start : `${start} ${head}`, ...body]
}

const listLines = (items: readonly Content[], around: Surroundings): string[] => {
  const column = columnBelow('list', around)
  return items.flatMap((item) => itemLines(item, column, { ...around, models: itemModels(around) }))
}

/** An item of a block list whose dashes stand at `column`; `models` are of the item. */
export const itemLines = (item: Content, column: number, around: Surroundings): string[] => {
  const { head, body } = layoutOf(item, { ...around, holder: 'list', indent: column })
  const dash = `${' '.repeat(column)}-`
  if (head !== '') return [`${dash} ${head}`, ...body]
  const [first = '', ...rest] = body
  return [`${dash} ${first.trimStart()}`, ...rest]
}

/** From models of a map to models of the value of one of its keys. */
const modelsFor = (key: Content, { models }: Surroundings): ParsedNode[] => {
  if (key.kind !== 'scalar') return []
  const name = String(key.value)
  return models.flatMap((model) =>
    isMapNode(model)
      ? model.items.flatMap((entry) => (keyOf(entry.key) === name && entry.value ? [entry.value] : []))
      : [],
  )
}

const itemModels = ({ models }: Surroundings): ParsedNode[] =>
  models.flatMap((model) => (isListNode(model) ? model.items : []))
