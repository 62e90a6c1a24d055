import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import { openApi } from './api.ts'
import { docs } from './docs.ts'
import { executeStatements } from './execute.ts'
import { loadObjects, loadRows } from './load.ts'
import { estimateBytes, queryRows } from './query.ts'
import { selectRows } from './select.ts'
import { bigquerySettings, type BigQuerySettings } from './settings.ts'
import { testStages } from './stages.ts'
import { locationOf, targetOf } from './target.ts'

const openBigQuery = async (context: BlockContext<BigQuerySettings>): Promise<DatabaseClient> => {
  const target = await targetOf(context)
  const api = await openApi(target)
  return {
    location: locationOf(target),
    takesLayout: true,
    takesParameters: true,
    keepsRows: true,
    load: (request) => loadRows(api, request),
    loadObjects: (request) => loadObjects(api, request),
    select: (request) => selectRows(api, request),
    execute: (request) => executeStatements(api, request),
    estimate: (sql, parameters, signal) => estimateBytes(api, { sql, parameters, signal }),
    query: (sql, limit) => queryRows(api, { sql, limit, signal: context.signal }),
    close: () => Promise.resolve(),
  }
}

export const bigqueryBlock = defineBlock({
  type: 'bigquery',
  version: 1,
  title: 'BigQuery dataset',
  summary: 'A dataset in Google BigQuery: rows are loaded exactly once by load jobs, queries give tables.',
  icon: 'database',
  config: bigquerySettings,
  secrets: {},
  capabilities: ['database'],
  triesWriting: true,
  dialect: 'googlesql',
  estimates: true,
  docs,
  examples: [
    { dataset: 'trips', gcp_credentials: 'block:gcp-credentials/zoom' },
    { project: 'ny-rides', dataset: 'trips', location: 'EU', create_dataset: true, maximum_bytes_billed: '10 GiB' },
  ],
  openDatabase: openBigQuery,
  test: testStages,
})
