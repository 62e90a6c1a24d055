import { contentStart } from './slots.ts'
import type { Token } from './syntax.ts'

/** The characters of a scalar as they read, each with its place in the text; folding of lines left aside. */
export type ScalarSource = { readonly text: string; placeOf(index: number): number }

export const scalarSource = (token: Token): ScalarSource | null => {
  switch (token.type) {
    case 'scalar':
      return { text: token.source, placeOf: (index) => token.offset + index }
    case 'block-scalar': {
      const content = contentStart(token)
      return { text: token.source, placeOf: (index) => content + index }
    }
    case 'single-quoted-scalar':
      return unescaped(token.source.slice(1, -1), token.offset + 1, /''|[^]/g, (part) => part[0] ?? '')
    case 'double-quoted-scalar':
      return unescaped(token.source.slice(1, -1), token.offset + 1, /\\(?:x.{2}|u.{4}|U.{8}|[^])|[^]/g, readEscape)
    default:
      return null
  }
}

const unescaped = (source: string, offset: number, parts: RegExp, read: (part: string) => string): ScalarSource => {
  const places: number[] = []
  let text = ''
  for (const { 0: part, index } of source.matchAll(parts)) {
    const characters = read(part)
    for (let each = 0; each < characters.length; each += 1) places.push(offset + index)
    text += characters
  }
  places.push(offset + source.length)
  return { text, placeOf: (index) => places[index] ?? offset + source.length }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\t': '\t', r: '\r', '0': '\0' }

const readEscape = (part: string): string => {
  if (part.length === 1) return part
  const kind = part[1] ?? ''
  if (part.length > 2) return String.fromCodePoint(Math.min(Number.parseInt(part.slice(2), 16) || 0, 0x10ffff))
  return escapes[kind] ?? kind
}
