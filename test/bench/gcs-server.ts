import { startGcs } from '#test/fakes/gcs/server.ts'

/** A server in a process of its own, as Google's is: `gcs.upload` starts it, and ends it by disconnecting. */
const server = await startGcs({ keep: false })
server.createBucket('bench')
process.on('disconnect', () => process.exit())
process.send?.({ url: server.url })
