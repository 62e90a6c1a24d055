import type { FieldKind } from './quoting.ts'

/**
 * Follows quotes and comments through SQL or shell text, so that no expression is put where its own quoting would not
 * hold: `'{{ x }}'` would let the value out of the quotes. Being too careful here costs the user a pair of quotes.
 */
export type QuoteScan = {
  /** What the text so far has left open, in words, or null. */
  readonly open: string | null
  readonly last: string
  /** What ends it. */
  readonly until: string
  /** Shell: the word that will end a here-document whose body starts at the next line. */
  readonly pending: string | null
}

export const startScan: QuoteScan = { open: null, last: '', until: '', pending: null }

type Opening = { readonly open: string; readonly until: string; readonly length: number }

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

const shellQuotes = { "'": 'quotes', '"': 'quotes', '`': 'backquotes' }

const openShell = (text: string, at: number, before: string): Opening | null => {
  if (text[at] === '#' && /^[\s;&|(]?$/.test(before)) return { open: 'a comment', until: '\n', length: 1 }
  if (text.startsWith("$'", at)) return { open: withBackslashes, until: "'", length: 2 }
  return openings(text, at, shellQuotes)
}

const heredoc = /^<<-?\s*\\?(['"]?)([A-Za-z_][\w.-]*)\1/

/** Whether a backslash keeps the next character from ending what is open. */
const escapes = (kind: FieldKind, { open, until }: QuoteScan): boolean =>
  open === withBackslashes || (kind === 'shell' && (until === '"' || until === '`'))

const hereDocument = 'a here-document'

/** Where what is open ends, counted from `from`, or -1. */
const closeAt = (text: string, from: number, scan: QuoteScan, kind: FieldKind): number => {
  if (scan.open === hereDocument) {
    const end = new RegExp(`\\n\\t*${scan.until.replaceAll('.', '\\.')}(?=\\n)`, 'g')
    end.lastIndex = from
    return end.test(text) ? end.lastIndex : -1
  }
  if (!escapes(kind, scan)) {
    const end = text.indexOf(scan.until, from)
    return end === -1 ? -1 : end + scan.until.length
  }
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === scan.until) return at + 1
  }
  return -1
}

/** Reads on in plain code to the first thing that opens. */
const openAt = (text: string, start: number, scan: QuoteScan, kind: FieldKind): { scan: QuoteScan; at: number } => {
  let pending = scan.pending
  for (let at = start; at < text.length; at += 1) {
    if (kind === 'shell' && text[at] === '\\') {
      at += 1
      continue
    }
    if (text[at] === '\n' && pending !== null) {
      return { scan: { open: hereDocument, until: pending, last: '\n', pending: null }, at }
    }
    const here = kind === 'shell' && text.startsWith('<<', at) ? heredoc.exec(text.slice(at, at + 80)) : null
    if (here) {
      pending = here[2] ?? null
      at += here[0].length - 1
      continue
    }
    if (text.startsWith('<<<', at)) at += 2
    const opening = (kind === 'sql' ? openSql : openShell)(text, at, text[at - 1] ?? scan.last)
    if (opening) {
      const { open, until, length } = opening
      return { scan: { open, until, last: '', pending }, at: at + length }
    }
  }
  return { scan: { open: null, until: '', last: text.slice(-1), pending }, at: text.length }
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
    const end = closeAt(text, at, scan, kind)
    if (end === -1) return { ...scan, last: text.slice(-1) }
    at = end
    scan = { open: null, until: '', last: text[at - 1] ?? '', pending: scan.pending }
  }
  return { ...scan, last: text.slice(-1) }
}

/** Why a value may not be put here, in words, or null when it may. */
export const whyNotHere = (scan: QuoteScan, kind: FieldKind): string | null => {
  if (scan.open !== null) return `it stands inside ${scan.open}`
  const joins = kind === 'sql' ? /[\w'"`\\$-]/ : /[\\$]/
  return joins.test(scan.last) ? `“${scan.last}” stands right before it` : null
}
