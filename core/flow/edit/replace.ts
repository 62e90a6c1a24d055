import type { Content } from './content.ts'
import type { FlowText } from './sharing.ts'
import type { Slot } from './slots.ts'
import { endOf } from './slots.ts'
import type { Change } from './splices.ts'
import { insertion } from './splices.ts'
import { quoteOf } from './style.ts'
import { isScalarNode, lineBreakAt, lineEnd, nextLine, previousLineEnd, unsafe } from './syntax.ts'
import type { Layout, Surroundings } from './write.ts'
import { layoutOf } from './write.ts'

export type Replacement = {
  readonly slot: Slot
  readonly content: Content
  /** The anchor stays where it is. */
  readonly keepsAnchor: boolean
  readonly models: Surroundings['models']
}

/** What stands in a slot, if anything, gives way to new content; a comment on the line of its key stays. */
export const replaceInSlot = (flow: FlowText, replacement: Replacement): Change[] => {
  const { text } = flow
  const { slot, keepsAnchor } = replacement
  if (slot.lacksColon && !slot.flow) throw unsafe('A key without a colon was found.')
  const kept = slot.anchor && keepsAnchor ? slot.anchor.to : slot.after
  const start = slot.anchor && keepsAnchor ? Math.max(slot.body, kept) : slot.start
  const end = isBlockCollection(slot) ? endWithComments(text, slot.end, slot.indent) : slot.end
  const around = surroundingsOf(flow, replacement, end)
  const region: Region = { slot, from: kept, start, end, lineBreak: lineBreakAt(text, slot.after) }
  const layout = layoutOf(replacement.content, around)
  if (slot.holder === 'root') return fillRoot(flow, region, layout)
  const isBelow = text.slice(kept, start).includes('\n')
  const isCompact = slot.holder === 'list' && !slot.flow && !keepsAnchor && !isBelow && layout.head === ''
  if (start >= end) return fillEmpty(text, region, isCompact ? compact(layout) : layout)
  if (isCompact) return replaceOnLine(text, { ...region, start: kept }, compact(layout, ' '))
  if (slot.flow || slot.holder === 'key') return [{ from: start, to: end, insert: layout.head }]
  if (slot.token?.type === 'block-scalar') return replaceBlockScalar(text, region, layout)
  return (isBelow && (isBlockCollection(slot) || layout.body.length > 0) ? replaceBelow : replaceOnLine)(
    text,
    region,
    layout,
  )
}

type Region = {
  readonly slot: Slot
  /** Where a head may be put. */
  readonly from: number
  readonly start: number
  readonly end: number
  readonly lineBreak: string
}

/** `- a: 1` rather than the map on the line below. */
const compact = ({ body: [first = '', ...rest] }: Layout, space = ''): Layout => ({
  head: space + first.trimStart(),
  body: rest,
})

const isBlockCollection = ({ token }: Slot): boolean => token?.type === 'block-map' || token?.type === 'block-seq'

/** From the end of content: past the comment on its line, and past comment lines directly below that are deeper than `column`. */
export const endWithComments = (text: string, end: number, column: number): number => {
  let last = lineEnd(text, end)
  for (;;) {
    const start = nextLine(text, last)
    const next = lineEnd(text, start)
    const comment = /^[ \t]*(?=#)/.exec(text.slice(start, next))
    if (!comment || comment[0].length <= column || start === last) return last
    last = next
  }
}

const surroundingsOf = (flow: FlowText, { slot, content, models }: Replacement, end: number): Surroundings => {
  const style = flow.style()
  const always = content.kind === 'scalar' && isScalarNode(slot.node) ? quoteOf(slot.node) : null
  return {
    flow: slot.flow,
    holder: slot.holder,
    indent: slot.indent,
    literal: mayEndInLiteral(flow.text, end, slot.indent),
    models: slot.node ? [...models, slot.node] : models,
    always: style.json ? 'double' : always,
    style,
  }
}

/** Whether lines that follow stay out of a `|` that ends here: no deeper comments, no lines of spaces only. */
export const mayEndInLiteral = (text: string, end: number, column: number): boolean => {
  const following = /^[^\n]*\n((?:[ \t\r]*\n)*)([ \t]*)(.?)/.exec(text.slice(end))
  if (!following) return true
  const [, blankLines = '', spaces = '', next = ''] = following
  if (/[ \t]/.test(blankLines)) return false
  return next === '' ? spaces === '' : next !== '#' || spaces.length <= column
}

const withSpace = (head: string) => (head === '' ? '' : ` ${head}`)

export const linesBelow = (body: readonly string[], lineBreak: string): string =>
  body.map((line) => lineBreak + line).join('')

const below = (text: string, at: number, { body }: Layout, lineBreak: string): Change[] =>
  body.length === 0 ? [] : [insertion(lineEnd(text, at), linesBelow(body, lineBreak))]

/** The first entries of a document. */
const fillRoot = (
  { text, isStream }: FlowText,
  { slot, start, end, lineBreak }: Region,
  { head, body }: Layout,
): Change[] => {
  const lines = [...(head === '' ? [] : [head]), ...body]
  if (slot.token) return [{ from: start, to: end, insert: lines.join(lineBreak) }]
  if (isStream || /^\.\.\.\s*$/m.test(text)) throw unsafe('The document is empty.')
  const isEnded = text.endsWith('\n') || text.replace('\uFEFF', '') === ''
  const insert = isEnded ? lines.map((line) => line + lineBreak).join('') : linesBelow(lines, lineBreak)
  return [insertion(text.length, text.includes('\n') || !isEnded ? insert : lines.join(lineBreak))]
}

const fillEmpty = (text: string, { slot, from, lineBreak }: Region, layout: Layout): Change[] => {
  const head = (slot.lacksColon ? ':' : '') + withSpace(layout.head)
  return [insertion(from, head), ...below(text, from, layout, lineBreak)]
}

/** The old value begins on the line of its `:` or `-`, or the new one needs one line only. */
const replaceOnLine = (text: string, { from, start, end, lineBreak }: Region, layout: Layout): Change[] => {
  const spaces = layout.head === '' ? spacesBefore(text, from, start) : 0
  return [{ from: start - spaces, to: end, insert: layout.head }, ...below(text, end, layout, lineBreak)]
}

const spacesBefore = (text: string, from: number, to: number): number =>
  /[ \t]*$/.exec(text.slice(from, to))?.[0].length ?? 0

/** The old value begins on a line below. */
const replaceBelow = (
  text: string,
  { slot, from, start, end, lineBreak }: Region,
  { head, body }: Layout,
): Change[] => {
  const to = isBlockCollection(slot) ? end : lineEnd(text, end)
  const insert = linesBelow(body, lineBreak)
  // Comments between the key and its value stay when the new value is below them too.
  if (head === '') return [{ from: previousLineEnd(text, start), to, insert }]
  return [insertion(from, withSpace(head)), { from: lineEnd(text, from), to, insert }]
}

/** A comment after the `|` or `>` stays. */
const replaceBlockScalar = (
  text: string,
  { slot, from, start, end, lineBreak }: Region,
  { head, body }: Layout,
): Change[] => {
  if (slot.token?.type !== 'block-scalar') throw unsafe('A block scalar has an unknown form.')
  const header = slot.token.props[0]
  const headerEnd = header ? endOf(header) : slot.body
  const spaces = head === '' ? spacesBefore(text, from, start) : 0
  const firstLine = lineEnd(text, headerEnd)
  return [
    { from: start - spaces, to: headerEnd, insert: head },
    { from: firstLine, to: Math.max(firstLine, end), insert: linesBelow(body, lineBreak) },
  ]
}
