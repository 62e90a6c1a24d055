import type { Readable } from 'node:stream'

const mostWaiting = 4 * 1024 ** 2

/**
 * Reads a response from the moment it comes; each time all that has come since the last. A stream that breaks throws
 * away what it had not yet given out; here everything that came is given out first, then the break, so that a download
 * goes on from the last byte that came.
 */
export const bodyOf = (response: Readable): AsyncIterable<readonly Buffer[]> => {
  let waiting: Buffer[] = []
  let bytes = 0
  let end: { readonly error: Error | null } | null = null
  let wake: () => void = () => undefined

  const close = (error: Error | null) => {
    end ??= { error }
    wake()
  }
  response.on('data', (chunk: Buffer) => {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes > mostWaiting) response.pause()
    wake()
  })
  response.on('end', () => close(null))
  response.on('error', close)
  // After an end or an error this changes nothing.
  response.on('close', () => close(Object.assign(new Error('closed early'), { code: 'ECONNRESET' })))

  return {
    [Symbol.asyncIterator]: async function* () {
      for (;;) {
        if (waiting.length > 0) {
          const chunks = waiting
          waiting = []
          bytes = 0
          response.resume()
          yield chunks
        } else if (end) {
          if (end.error) throw end.error
          return
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
  }
}
