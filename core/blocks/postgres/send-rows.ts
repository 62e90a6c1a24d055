import type { VectorRows } from '#core/kinds/vectors.ts'
import { Refused } from '#core/model/failure.ts'
import type { Session } from './client.ts'
import type { CopySink } from './copy-in.ts'
import type { ColumnEncoder } from './encode/column-encoder.ts'
import { copyHeader, copyTrailer, frameHeader, rowEncoder, ValueDoesNotFit } from './encode/rows.ts'

type Sending = {
  /** COPY … FROM STDIN (FORMAT binary). */
  readonly copy: string
  readonly encoders: readonly ColumnEncoder[]
  progress(rows: number): void
}

/** How many rows. */
export const sendRows = (session: Session, rows: VectorRows, { copy, encoders, progress }: Sending): Promise<number> =>
  session.copyIn(copy, async (sink) => {
    const frames = framesTo(sink)
    const encode = rowEncoder(encoders)
    let sent = 0
    await frames.send(framed(copyHeader))
    for await (const chunk of rows.chunks) {
      try {
        for await (const frame of encode(chunk, frames.buffer)) {
          await frames.send(frame.bytes)
          sent += frame.rows
        }
      } catch (error) {
        throw error instanceof ValueDoesNotFit ? misfit(error, rows, sent) : error
      }
      progress(sent)
    }
    await frames.send(framed(copyTrailer))
    await frames.sent()
  })

const misfit = ({ column, index, what }: ValueDoesNotFit, { columns }: VectorRows, before: number): Refused => {
  const row = (before + index + 1).toLocaleString('en-US')
  const name = columns[column]?.name ?? ''
  return new Refused({
    code: 'data',
    message: `Row ${row} of the load, column “${name}”: it holds ${what}. Convert the column (table.select), or let the table hold more.`,
  })
}

/** In memory of its own: what Buffer.concat gives shares Node's pool, and a frame's memory is written over again. */
const framed = (content: Buffer): Buffer => {
  const frame = Buffer.allocUnsafeSlow(frameHeader + content.length)
  content.copy(frame, frameHeader)
  return frame
}

/** One frame is encoded while others are on their way. */
const atOnce = 3

/** Frames in buffers that are used again and again. */
const framesTo = (sink: CopySink) => {
  const free: Buffer[] = Array.from({ length: atOnce }, () => Buffer.alloc(0))
  const onTheWay: { readonly buffer: Buffer; readonly written: Promise<void> }[] = []
  const takeBack = async () => {
    const first = onTheWay.shift()
    if (!first) return
    await first.written
    free.push(first.buffer)
  }
  return {
    buffer: async (bytes: number): Promise<Buffer> => {
      while (free.length === 0) await takeBack()
      const buffer = free.pop()
      if (buffer && buffer.length >= bytes) return buffer
      // A little more, so that the next of about this size fits too.
      return Buffer.allocUnsafeSlow(Math.ceil(bytes * 1.2))
    },
    send: async (frame: Buffer): Promise<void> => {
      const buffer = Buffer.from(frame.buffer)
      const written = sink.write(frame)
      written.catch(() => undefined)
      onTheWay.push({ buffer, written })
      if (onTheWay.length >= atOnce) await takeBack()
    },
    sent: async (): Promise<void> => {
      while (onTheWay.length > 0) await takeBack()
    },
  }
}
