import { takeFrom } from './steady-socket.ts'
import type { Wire } from './wire.ts'

const header = 5
const kinds = { data: 'd', response: 'H' } as const
const codeOf = (kind: keyof typeof kinds): number => kinds[kind].charCodeAt(0)
const data = codeOf('data')
const response = codeOf('response')

type Listener = (bytes: Buffer) => void

/**
 * One COPY TO STDOUT, as pg submits a query. pg would make an object of each row, so the stream's bytes are taken here
 * until the copy is done: what the server sent goes on to `receive` without the header of each row. When `receive` fails,
 * `stop` is to make the server end the copy.
 */
export const copyOut = (sql: string, receive: (bytes: Uint8Array) => Promise<void>, stop: () => Promise<void>) => {
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>()
  let rows = 0
  let restore = (_rest: Buffer | null): void => undefined
  let received: Promise<void> = Promise.resolve()
  let failure: { readonly error: unknown } | null = null

  const take = (wire: Wire) => {
    const { stream } = wire
    const [theirs] = stream.listeners('data') as Listener[]
    if (!theirs) throw new Error('pg does not listen to its connection.')
    const split = splitter()
    const onData = (bytes: Buffer) => {
      const { rows: out, others, rest } = split(bytes)
      for (const message of others) theirs(message)
      if (out.length > 0 && failure === null) hand(out)
      if (rest !== null) restore(rest)
    }
    const hand = (out: Uint8Array) => {
      stream.pause()
      received = receive(out).then(
        () => void stream.resume(),
        (error: unknown) => {
          failure ??= { error }
          // What still comes is read and dropped.
          stream.resume()
          return stop()
        },
      )
    }
    stream.off('data', theirs)
    // Without a listener the stream would not tell its end.
    const listener = takeFrom(stream, onData) ? () => undefined : onData
    stream.on('data', listener)
    restore = (rest) => {
      restore = () => undefined
      takeFrom(stream, null)
      stream.off('data', listener)
      stream.on('data', theirs)
      if (rest !== null && rest.length > 0) theirs(rest)
    }
  }

  const end = async (settle: () => void) => {
    restore(null)
    await received
    if (failure === null) settle()
    else reject(failure.error)
  }

  const query = {
    callback: () => undefined,
    submit: (wire: Wire) => {
      take(wire)
      wire.query(sql)
    },
    handleCommandComplete: ({ text }: { text: string }) => {
      rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0)
    },
    handleReadyForQuery: () => void end(() => resolve(rows)),
    handleError: (error: unknown) => void end(() => reject(error)),
  }
  return { query, ended }
}

type Split = {
  /** Rows one after the other. */
  readonly rows: Uint8Array
  /** Messages in between that are none of ours: notices, settings. */
  readonly others: readonly Buffer[]
  /** From the end of the copy on: what pg goes on with. */
  readonly rest: Buffer | null
}

const ours = new Set([data, response])
/** Notice, ParameterStatus, NotificationResponse: they may come at any time. */
const between = new Set(['N', 'S', 'A'].map((kind) => kind.charCodeAt(0)))

/** Cuts the stream into messages, which begin and end anywhere in the pieces that come. */
const splitter = () => {
  /** Bytes of a row that are still to come. */
  let left = 0
  let before: Buffer | null = null

  return (piece: Buffer): Split => {
    const bytes = before === null ? piece : Buffer.concat([before, piece])
    before = null
    const others: Buffer[] = []
    let used = 0
    let at = 0
    for (;;) {
      if (left > 0) {
        const count = Math.min(left, bytes.length - at)
        bytes.copyWithin(used, at, at + count)
        used += count
        at += count
        left -= count
      }
      if (bytes.length - at < header) break
      const kind = bytes[at] ?? 0
      const length = bytes.readInt32BE(at + 1) + 1
      if (kind === data) {
        left = length - header
        at += header
      } else if (ours.has(kind) || between.has(kind)) {
        if (bytes.length - at < length) break
        if (kind !== response) others.push(Buffer.from(bytes.subarray(at, at + length)))
        at += length
      } else {
        return { rows: bytes.subarray(0, used), others, rest: bytes.subarray(at) }
      }
    }
    if (at < bytes.length) before = Buffer.from(bytes.subarray(at))
    return { rows: bytes.subarray(0, used), others, rest: null }
  }
}
