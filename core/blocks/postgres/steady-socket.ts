import { Socket } from 'node:net'

type Take = (bytes: Buffer) => void

/**
 * A socket that reads into one buffer: a new one for each piece would make the garbage collector the busiest part of a
 * large copy. Others get copies as `data`; `takeFrom` gets the buffer itself, and pauses the socket while it uses it.
 */
export const steadySocket = (): Socket => {
  const buffer = Buffer.allocUnsafeSlow(readAtOnce)
  const socket: Socket = new Socket({
    onread: {
      buffer,
      callback: (count) => {
        const piece = buffer.subarray(0, count)
        const take = takers.get(socket)
        if (take) take(piece)
        else socket.emit('data', Buffer.from(piece))
        return true
      },
    },
  })
  takers.set(socket, null)
  return socket
}

const readAtOnce = 256 * 1024

const takers = new WeakMap<object, Take | null>()

/** Whether `stream` gives its buffer from now on, until it is called with null. */
export const takeFrom = (stream: object, take: Take | null): boolean => {
  if (!takers.has(stream)) return false
  takers.set(stream, take)
  return true
}
