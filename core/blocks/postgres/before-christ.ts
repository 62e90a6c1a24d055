const mark = Buffer.from(' BC')
const [zero, nine, comma, lineEnd] = ['0', '9', ',', '\n'].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
]

/**
 * Finds a field that ends as PostgreSQL ends a date before Christ (`0044-03-15 BC`), in bytes that come piece by piece.
 * DuckDB would read such a date and leave out the end in silence. A text that ends so is found too, which does no harm.
 */
export const beforeChristFinder = () => {
  let tail = Buffer.alloc(0)
  return (piece: Uint8Array): boolean => {
    const border = Buffer.concat([tail, piece.subarray(0, longest)])
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    const found = endsDate(border) || endsDate(bytes)
    tail = Buffer.from((bytes.length >= longest ? bytes : border).subarray(-longest))
    return found
  }
}

/** A digit, the mark, and what ends a field. */
const longest = mark.length + 2

const endsDate = (bytes: Buffer): boolean => {
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    const before = bytes[at - 1] ?? 0
    const after = bytes[at + mark.length]
    if (before >= zero && before <= nine && (after === comma || after === lineEnd)) return true
  }
  return false
}
