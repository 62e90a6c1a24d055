import { longestLine } from '#core/model/log-line.ts'

/**
 * Makes lines of a stream of bytes: UTF-8 across chunk borders, what is not UTF-8 becomes U+FFFD. Of a line that was
 * written over with carriage returns (a progress bar) what stood last remains. A line over 64 KiB is cut and says so.
 */
export type LineSplitter = {
  /** The lines that are complete now. */
  write(chunk: Buffer): readonly string[]
  /** The last line, when it was not terminated. */
  end(): readonly string[]
}

const lineFeed = 10
const carriageReturn = 13

type Cut = (text: string) => string

/** `cut` gets the beginning of a long line that is kept, before the note is added. */
export const createLineSplitter = (cut: Cut = (text) => text): LineSplitter => {
  const open = createOpenLine(cut)
  return {
    write: (chunk) => {
      const last = chunk.lastIndexOf(lineFeed)
      if (last === -1) {
        open.append(chunk)
        return []
      }
      const lines: string[] = []
      let from = 0
      if (!open.isEmpty()) {
        from = chunk.indexOf(lineFeed) + 1
        open.append(chunk.subarray(0, from - 1))
        lines.push(open.take())
      }
      if (from <= last) for (const text of chunk.toString('utf8', from, last).split('\n')) lines.push(lineOf(text, cut))
      if (last + 1 < chunk.length) open.append(chunk.subarray(last + 1))
      return lines
    },
    end: () => (open.isEmpty() ? [] : [open.take()]),
  }
}

/** The bytes of a line whose end has not come yet: as many as are kept, and the number of those that are not. */
const createOpenLine = (cut: Cut) => {
  let kept: Buffer = Buffer.alloc(0)
  let dropped = 0
  const clear = (): void => {
    kept = Buffer.alloc(0)
    dropped = 0
  }
  return {
    isEmpty: (): boolean => kept.length === 0,
    append: (piece: Buffer): void => {
      const start = lastOverwrite(piece)
      if (start > 0 || (start === 0 && kept.at(-1) === carriageReturn)) clear()
      const text = piece.subarray(Math.max(0, start))
      const room = longestLine - kept.length
      if (room > 0) kept = Buffer.concat([kept, text.subarray(0, room)])
      dropped += Math.max(0, text.length - room)
    },
    take: (): string => {
      const line = fit(lastWritten(kept.toString('utf8')), dropped, cut)
      clear()
      return line
    },
  }
}

const lineOf = (text: string, cut: Cut): string => {
  const line = lastWritten(text)
  return line.length * 3 <= longestLine ? line : fit(line, 0, cut)
}

/** With its note a line that is cut has no more bytes than one that is kept, so nobody after us cuts it again. */
const fit = (line: string, more: number, cut: Cut): string => {
  const bytes = Buffer.from(line)
  const total = bytes.length + more
  if (total <= longestLine) return line
  const note = ` … (cut: the line has ${total.toLocaleString('en')} bytes)`
  const kept = bytes.subarray(0, longestLine - Buffer.byteLength(note))
  return cut(withoutBrokenEnd(kept).toString('utf8')) + note
}

/** Where the text after the last carriage return begins: 0 when there is none before it, -1 when there is no text. */
const lastOverwrite = (piece: Buffer): number => {
  let end = piece.length
  while (end > 0 && piece[end - 1] === carriageReturn) end -= 1
  return end === 0 ? -1 : piece.lastIndexOf(carriageReturn, end - 1) + 1
}

const lastWritten = (text: string): string => {
  if (!text.includes('\r')) return text
  const line = text.replace(/\r+$/, '')
  return line.slice(line.lastIndexOf('\r') + 1)
}

/** Without the first bytes of a character whose last ones were cut away. */
const withoutBrokenEnd = (bytes: Buffer): Buffer => {
  let end = bytes.length
  while (end > bytes.length - 4 && end > 0 && ((bytes[end - 1] ?? 0) & 0b1100_0000) === 0b1000_0000) end -= 1
  const lead = bytes[end - 1] ?? 0
  const length = lead >= 0b1111_0000 ? 4 : lead >= 0b1110_0000 ? 3 : lead >= 0b1100_0000 ? 2 : 1
  return end - 1 + length > bytes.length ? bytes.subarray(0, end - 1) : bytes
}
