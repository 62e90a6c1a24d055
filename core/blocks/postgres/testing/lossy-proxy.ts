import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Stands between client and server, and cuts the connection when the server answers the first COMMIT after `arm`. */
export const lossyProxy = async (port: number) => {
  let armed = false
  let cuts = 0
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let committing = false
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => open.delete(socket))
    }
    client.on('data', (bytes: Buffer) => {
      if (armed && bytes.includes('COMMIT')) committing = true
      upstream.write(bytes)
    })
    upstream.on('data', (bytes: Buffer) => {
      if (!committing) {
        client.write(bytes)
        return
      }
      armed = false
      cuts += 1
      client.destroy()
      upstream.destroy()
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    arm: () => {
      armed = true
    },
    cuts: () => cuts,
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
