import type { FieldKind } from './quoting.ts'

/**
 * Follows quotes and comments through SQL or shell text, so that no expression is put where its own quoting would not
 * hold: `'{{ x }}'` would let the value out of the quotes. Being too careful here costs the user a pair of quotes.
 */
export type QuoteScan = {
  /** What the text so far has left open, in words, or null. */
  readonly open: string | null
  readonly last: string
  /** What ends it; for a here-document the pattern of its last line. */
  readonly until: string
  /** How many of what nests are open: brackets, comments in SQL. */
  readonly depth: number
  /** Shell: what will end the here-documents whose bodies start at the next line. */
  readonly pending: readonly string[]
}

export const startScan: QuoteScan = { open: null, last: '', until: '', depth: 0, pending: [] }

type Opening = { readonly open: string; readonly until: string; readonly length: number; readonly depth?: number }

const openings = (text: string, at: number, found: Readonly<Record<string, string>>): Opening | null => {
  const character = text[at] ?? ''
  const open = Object.hasOwn(found, character) ? found[character] : undefined
  return open === undefined ? null : { open, until: character, length: 1 }
}

const withBackslashes = 'quotes with backslashes'

const sqlQuotes = { "'": 'quotes', '"': 'quotes', '`': 'quotes' }

const openSql = (text: string, at: number, before: string): Opening | null => {
  if (text[at] === "'" && /e/i.test(before)) return { open: withBackslashes, until: "'", length: 1 }
  if (text.startsWith('--', at)) return { open: 'a comment', until: '\n', length: 2 }
  if (text.startsWith('/*', at)) return { open: 'a comment', until: '*/', length: 2 }
  const dollar = text[at] === '$' ? /^\$(?:[A-Za-z_]\w*)?\$/.exec(text.slice(at, at + 70)) : null
  if (dollar) return { open: 'dollar quotes', until: dollar[0], length: dollar[0].length }
  return openings(text, at, sqlQuotes)
}

/** Texts may be in three quotes; a backslash keeps what follows it in all of them, and in names. */
const openGoogleSql = (text: string, at: number): Opening | null => {
  if (text.startsWith('--', at)) return { open: 'a comment', until: '\n', length: 2 }
  if (text[at] === '#') return { open: 'a comment', until: '\n', length: 1 }
  if (text.startsWith('/*', at)) return { open: 'a comment', until: '*/', length: 2 }
  const three = ["'''", '"""'].find((quotes) => text.startsWith(quotes, at))
  return three === undefined ? openings(text, at, sqlQuotes) : { open: 'quotes', until: three, length: 3 }
}

const shellQuotes = { "'": 'quotes', '"': 'quotes', '`': 'backquotes' }

/** Within these a shell goes on looking for `$(…)` in quotes too. */
const evaluated = [
  { start: '$((', open: 'a calculation', until: ')', depth: 2 },
  { start: '((', open: 'a calculation', until: ')', depth: 2 },
  { start: '$[', open: 'a calculation', until: ']', depth: 1 },
  { start: '${', open: 'a ${…}', until: '}', depth: 1 },
] as const

const openShell = (text: string, at: number, before: string): Opening | null => {
  if (text[at] === '#' && /^[\s;&|()<>]?$/.test(before)) return { open: 'a comment', until: '\n', length: 1 }
  if (text.startsWith("$'", at)) return { open: withBackslashes, until: "'", length: 2 }
  const found = evaluated.find(({ start }) => text.startsWith(start, at))
  if (found) return { ...found, length: found.start.length }
  return openings(text, at, shellQuotes)
}

/** What nests, by what ends it. */
const nesting: Readonly<Record<string, string>> = { '*/': '/*', ')': '(', ']': '[', '}': '{' }

/** Any word may end a here-document, also `!` or `'THE END'`. */
const hereDocumentStart = /<<(-?)[ \t]*((?:\\.|'[^']*'|"[^"]*"|[^\s'"\\;&|<>()])+)/y

const hereDocumentAt = (text: string, at: number): { readonly end: string; readonly length: number } | null => {
  hereDocumentStart.lastIndex = at
  const [all, dash, word] = hereDocumentStart.exec(text) ?? []
  if (all === undefined || word === undefined) return null
  return { end: (dash === '-' ? '\\t*' : '') + word.replace(/['"\\]/g, '').replace(/\W/g, '\\$&'), length: all.length }
}

/** Whether a backslash keeps the next character from ending what is open. */
const escapes = (kind: FieldKind, { open, until }: QuoteScan): boolean =>
  open === withBackslashes ||
  (kind === 'shell' && (until === '"' || until === '`')) ||
  (kind === 'googlesql' && open === 'quotes')

const hereDocument = 'a here-document'

type Closing = { readonly at: number } | { readonly depth: number }

/** Where what is open ends, counted from `from`, or how deep it is open still. */
const closeAt = (text: string, from: number, scan: QuoteScan, kind: FieldKind): Closing => {
  const { open, until } = scan
  if (open === hereDocument) {
    const end = new RegExp(`\\n${until}(?=\\n)`, 'g')
    end.lastIndex = from
    return end.test(text) ? { at: end.lastIndex } : scan
  }
  // Comments of GoogleSQL do not nest.
  const start = kind !== 'googlesql' && Object.hasOwn(nesting, until) ? nesting[until] : undefined
  let { depth } = scan
  for (let at = from; at < text.length; at += 1) {
    if (escapes(kind, scan) && text[at] === '\\') at += 1
    else if (start !== undefined && text.startsWith(start, at)) depth += 1
    else if (text.startsWith(until, at)) {
      depth -= 1
      // The end of a line is not the comment's own: here-documents begin after it.
      if (depth === 0) return { at: until === '\n' ? at : at + until.length }
    }
  }
  return { depth }
}

const nothingOpen = { open: null, until: '', depth: 0 } as const

const opens = { text: openShell, shell: openShell, sql: openSql, googlesql: openGoogleSql } as const satisfies Record<
  FieldKind,
  unknown
>

/** Reads on in plain code to the first thing that opens. */
const openAt = (text: string, start: number, scan: QuoteScan, kind: FieldKind): { scan: QuoteScan; at: number } => {
  let { pending } = scan
  for (let at = start; at < text.length; at += 1) {
    if (kind === 'shell' && text[at] === '\\') {
      at += 1
      continue
    }
    const [end, ...others] = text[at] === '\n' ? pending : []
    if (end !== undefined) {
      return { scan: { open: hereDocument, until: end, depth: 1, last: '\n', pending: others }, at }
    }
    const here = kind === 'shell' ? hereDocumentAt(text, at) : null
    if (here) {
      pending = [...pending, here.end]
      at += here.length - 1
      continue
    }
    if (text.startsWith('<<<', at)) at += 2
    const opening = opens[kind](text, at, text[at - 1] ?? scan.last)
    if (opening) {
      const { open, until, length, depth = 1 } = opening
      return { scan: { open, until, depth, last: '', pending }, at: at + length }
    }
  }
  return { scan: { ...nothingOpen, last: text.slice(-1), pending }, at: text.length }
}

export const scanText = (before: QuoteScan, text: string, kind: FieldKind): QuoteScan => {
  if (text === '') return before
  let scan = before
  let at = 0
  while (at < text.length) {
    if (scan.open === null) {
      const next = openAt(text, at, scan, kind)
      scan = next.scan
      at = next.at
      continue
    }
    const closing = closeAt(text, at, scan, kind)
    if ('depth' in closing) return { ...scan, depth: closing.depth, last: text.slice(-1) }
    at = closing.at
    scan = { ...nothingOpen, last: text[at - 1] ?? '', pending: scan.pending }
  }
  return { ...scan, last: text.slice(-1) }
}

/** Why a value may not be put here, in words, or null when it may. */
export const whyNotHere = (scan: QuoteScan, kind: FieldKind): string | null => {
  if (scan.open !== null) return `it stands inside ${scan.open}`
  const joins = kind === 'sql' || kind === 'googlesql' ? /[\w'"`\\$-]/ : /[\\$]/
  return joins.test(scan.last) ? `“${scan.last}” stands right before it` : null
}
