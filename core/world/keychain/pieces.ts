/**
 * How a value lies in a keychain: in one item, or in several where the platform limits their size. The first begins with
 * a line that says how many there are, how long the whole is and how it is written. That line stands alone while the
 * others are written, so that whoever deletes a value knows of all its pieces.
 */
export type PieceHead =
  | { readonly kind: 'whole'; readonly pieces: number; readonly length: number; readonly encoding: Encoding }
  | { readonly kind: 'unfinished'; readonly pieces: number }

/** UTF-8, or base64 of UTF-16 for what UTF-8 cannot hold: half of a surrogate pair. */
type Encoding = 'text' | 'utf16'

/** Bytes an item may have; null for any number. Windows allows 2,560. */
export const pieceLimit = (platform: NodeJS.Platform): number | null => (platform === 'win32' ? 2500 : null)

/** More than a first line ever has. */
const headRoom = 64
const pattern = /^millrace 1 (\d+) (?:(\d+) (text|utf16)|unfinished)\n/

export const unfinishedHead = (pieces: number): string => `millrace 1 ${pieces} unfinished\n`

export const splitIntoPieces = (value: string, limit: number | null): readonly string[] => {
  const encoding: Encoding = value.isWellFormed() ? 'text' : 'utf16'
  const text = encoding === 'text' ? value : Buffer.from(value, 'utf16le').toString('base64')
  const [first = '', ...rest] = limit === null ? [text] : chunksOf(text, limit)
  return [`millrace 1 ${rest.length + 1} ${text.length} ${encoding}\n${first}`, ...rest]
}

/** Null for what was not written by us. */
export const headOf = (first: string): PieceHead | null => {
  const match = pattern.exec(first)
  if (!match) return null
  const [, pieces, length, encoding] = match
  if (length === undefined) return { kind: 'unfinished', pieces: Number(pieces) }
  return {
    kind: 'whole',
    pieces: Number(pieces),
    length: Number(length),
    encoding: encoding === 'text' ? 'text' : 'utf16',
  }
}

/** Null when a part of it is missing. */
export const joinPieces = (pieces: readonly string[]): string | null => {
  const [first = '', ...rest] = pieces
  const head = headOf(first)
  if (head?.kind !== 'whole') return null
  const text = first.slice(first.indexOf('\n') + 1) + rest.join('')
  if (text.length !== head.length) return null
  return head.encoding === 'text' ? text : Buffer.from(text, 'base64').toString('utf16le')
}

/** Cut between characters, the first one shorter. */
const chunksOf = (text: string, limit: number): string[] => {
  const bytes = Buffer.from(text, 'utf8')
  const chunks: string[] = []
  for (let at = 0; at < bytes.length || chunks.length === 0;) {
    let end = Math.min(bytes.length, at + limit - (chunks.length === 0 ? headRoom : 0))
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
    chunks.push(bytes.toString('utf8', at, end))
    at = end
  }
  return chunks
}
