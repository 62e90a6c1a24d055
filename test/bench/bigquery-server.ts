import { startBigQuery } from '#test/fakes/bigquery/server.ts'

/** A server in a process of its own, as Google's is: `bigquery.load` starts it, and ends it by disconnecting. */
const server = await startBigQuery()
await server.warehouse.createDataset({ projectId: 'bench', datasetId: 'bench', location: 'EU' })
process.on('disconnect', () => void server.close().then(() => process.exit()))
process.send?.({ url: server.url })
