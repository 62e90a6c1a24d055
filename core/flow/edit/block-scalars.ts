import type { ParsedNode } from 'yaml'
import { blockHeader, tokenOf } from './slots.ts'
import { isListNode, isMapNode, lineEnd, nextLine } from './syntax.ts'

/** A block scalar that ends a value: what follows it may become part of it. */
export type OpenEnd = {
  /** Comments from this column on would be content. */
  readonly column: number
  /** So would blank lines. */
  readonly keeps: boolean
}

export const openEndOf = (node: ParsedNode | null, holder: number): OpenEnd | null => {
  if (isMapNode(node)) return openEndOf(node.items.at(-1)?.value ?? null, holder)
  if (isListNode(node)) return openEndOf(node.items.at(-1) ?? null, holder)
  const token = tokenOf(node)
  if (token?.type !== 'block-scalar') return null
  const first = /^(?:[ \t]*\r?\n)*( *)(?=\S)/.exec(token.source)
  return { column: first?.[1]?.length ?? holder + 1, keeps: blockHeader(token).includes('+') }
}

/** From the start of a line on: the end of the lines that would become part of the scalar if it stood directly above them. */
export const endOfTaken = (text: string, from: number, { column, keeps }: OpenEnd): number => {
  let taken = from
  for (let start = from; start < text.length; start = nextLine(text, start)) {
    const line = text.slice(start, lineEnd(text, start))
    const spaces = /^ */.exec(line)?.[0].length ?? 0
    const isBlank = spaces === line.length
    if (!isBlank && (spaces < column || line[spaces] !== '#')) return taken
    if (!isBlank || keeps || spaces > column) taken = nextLine(text, start)
  }
  return taken
}

export const childAt = (node: ParsedNode, index: number): ParsedNode | null => {
  if (isMapNode(node)) return node.items[index]?.value ?? null
  return isListNode(node) ? (node.items[index] ?? null) : null
}
