/** A piece of a line in one look. `colour` is one of the eight of a terminal. */
export type Piece = { readonly text: string; readonly colour: number | null; readonly bold: boolean }

const escapes = /\u001b\[([\d;]*)([A-Za-z])/g

const looks = { colour: null as number | null, bold: false }

const after = (look: typeof looks, codes: string): typeof looks => {
  let next = look
  for (const code of codes.split(';').map(Number)) {
    if (code === 0) next = looks
    else if (code === 1) next = { ...next, bold: true }
    else if (code === 22) next = { ...next, bold: false }
    else if (code === 39) next = { ...next, colour: null }
    else if (code >= 30 && code <= 37) next = { ...next, colour: code - 30 }
    else if (code >= 90 && code <= 97) next = { ...next, colour: code - 90 }
  }
  return next
}

/** The colours that programs write for terminals; every other escape is left out. */
export const piecesOf = (line: string): readonly Piece[] => {
  if (!line.includes('\u001b')) return [{ text: line, ...looks }]
  const pieces: Piece[] = []
  let look = looks
  let at = 0
  for (const match of line.matchAll(escapes)) {
    if (match.index > at) pieces.push({ text: line.slice(at, match.index), ...look })
    if (match[2] === 'm') look = after(look, match[1] ?? '')
    at = match.index + match[0].length
  }
  if (at < line.length) pieces.push({ text: line.slice(at), ...look })
  return pieces
}

export const plainText = (line: string): string => (line.includes('\u001b') ? line.replaceAll(escapes, '') : line)
