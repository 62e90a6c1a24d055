import { frameHeader } from './encode/rows.ts'
import type { Wire } from './wire.ts'

/** Takes frames: bytes after `frameHeader` that are free for the header. Resolves when the frame's bytes may be used again. */
export type CopySink = { write(frame: Buffer): Promise<void> }

const copyData = 'd'.charCodeAt(0)
const copyDone = Buffer.from([...Buffer.from('c'), 0, 0, 0, 4])

const copyFail = (): Buffer => {
  const reason = Buffer.from('The rows could not be read to their end.\0')
  const message = Buffer.alloc(frameHeader + reason.length)
  message.write('f')
  message.writeInt32BE(4 + reason.length, 1)
  reason.copy(message, frameHeader)
  return message
}

/** One COPY FROM STDIN, as pg submits a query. `ended` gives the number of rows, or the server's error. */
export const copyIn = (sql: string, send: (sink: CopySink) => Promise<void>) => {
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>()
  const refused = Promise.withResolvers<never>()
  // It is only waited for while a frame is on its way.
  refused.promise.catch(() => undefined)
  let failure: { readonly error: unknown } | null = null
  let rows = 0
  let open = true

  const write = (stream: Wire['stream'], frame: Buffer): Promise<void> => {
    if (!open) return refused.promise
    frame[0] = copyData
    frame.writeInt32BE(frame.length - 1, 1)
    const written = new Promise<void>((done, failed) => {
      stream.write(frame, (error) => (error ? failed(error) : done()))
    })
    return Promise.race([written, refused.promise])
  }

  const sendAll = async (stream: Wire['stream']): Promise<void> => {
    try {
      await send({ write: (frame) => write(stream, frame) })
      if (open) stream.write(copyDone)
    } catch (error) {
      if (!open) return
      failure = { error }
      stream.write(copyFail())
    }
  }

  const query = {
    callback: () => undefined,
    submit: (wire: Wire) => wire.query(sql),
    handleCopyInResponse: ({ stream }: Wire) => void sendAll(stream),
    handleCommandComplete: ({ text }: { text: string }) => {
      rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0)
    },
    handleReadyForQuery: () => {
      open = false
      resolve(rows)
    },
    handleError: (error: unknown) => {
      open = false
      refused.reject(error)
      reject(failure === null ? error : failure.error)
    },
  }
  return { query, ended }
}
