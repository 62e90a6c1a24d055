import { customWebhookBlock } from './blocks/custom-webhook/index.ts'
import { dateTime } from './blocks/date-time/index.ts'
import { bigqueryBlock } from './blocks/bigquery/index.ts'
import { duckdbBlock } from './blocks/duckdb/index.ts'
import { emailServerBlock } from './blocks/email-server/index.ts'
import { gcpCredentialsBlock } from './blocks/gcp-credentials/index.ts'
import { gcsBucketBlock } from './blocks/gcs-bucket/index.ts'
import { githubRepositoryBlock } from './blocks/github-repository/index.ts'
import { httpEndpointBlock } from './blocks/http-endpoint/index.ts'
import { json } from './blocks/json/index.ts'
import { localFileSystemBlock } from './blocks/local-file-system/index.ts'
import { opsgenieBlock } from './blocks/opsgenie/index.ts'
import { postgresBlock } from './blocks/postgres/index.ts'
import { secret } from './blocks/secret/index.ts'
import { slackWebhookBlock } from './blocks/slack-webhook/index.ts'
import { string } from './blocks/string/index.ts'
import { teamsWebhookBlock } from './blocks/teams-webhook/index.ts'
import { twilioSmsBlock } from './blocks/twilio-sms/index.ts'
import { catalogueOf } from './kinds/catalogue.ts'
import { estimateLook } from './services/estimates/estimate-look.ts'
import { browseLook, peekLook, queryLook } from './services/looks/look-tasks.ts'
import { profileTask } from './services/profiles/profile-task.ts'
import { previewTask } from './services/runs/preview.ts'
import { databaseExecute } from './tasks/database-execute/index.ts'
import { databaseLoad } from './tasks/database-load/index.ts'
import { databaseQuery } from './tasks/database-query/index.ts'
import { flowRun } from './tasks/flow-run/index.ts'
import { httpDownload } from './tasks/http-download/index.ts'
import { httpRequest } from './tasks/http-request/index.ts'
import { logMessage } from './tasks/log-message/index.ts'
import { notifySend } from './tasks/notify-send/index.ts'
import { scriptNode } from './tasks/script-node/index.ts'
import { scriptPython } from './tasks/script-python/index.ts'
import { scriptShell } from './tasks/script-shell/index.ts'
import { storageDelete } from './tasks/storage-delete/index.ts'
import { storageDownload } from './tasks/storage-download/index.ts'
import { storageList } from './tasks/storage-list/index.ts'
import { storageUpload } from './tasks/storage-upload/index.ts'
import { tableAggregate } from './tasks/table-aggregate/index.ts'
import { tableCheck } from './tasks/table-check/index.ts'
import { tableFill } from './tasks/table-fill/index.ts'
import { tableFilter } from './tasks/table-filter/index.ts'
import { tableJoin } from './tasks/table-join/index.ts'
import { tableRead } from './tasks/table-read/index.ts'
import { tableSelect } from './tasks/table-select/index.ts'
import { tableSql } from './tasks/table-sql/index.ts'
import { tableUnion } from './tasks/table-union/index.ts'
import { tableWrite } from './tasks/table-write/index.ts'

const tasks = [
  httpDownload,
  httpRequest,
  tableRead,
  tableFilter,
  tableSelect,
  tableSql,
  tableFill,
  tableJoin,
  tableUnion,
  tableAggregate,
  tableCheck,
  tableWrite,
  storageUpload,
  storageDownload,
  storageList,
  storageDelete,
  databaseLoad,
  databaseQuery,
  databaseExecute,
  scriptShell,
  scriptPython,
  scriptNode,
  flowRun,
  logMessage,
  notifySend,
]

const blocks = [
  dateTime,
  localFileSystemBlock,
  duckdbBlock,
  bigqueryBlock,
  postgresBlock,
  secret,
  string,
  json,
  slackWebhookBlock,
  teamsWebhookBlock,
  emailServerBlock,
  twilioSmsBlock,
  opsgenieBlock,
  customWebhookBlock,
  httpEndpointBlock,
  githubRepositoryBlock,
  gcpCredentialsBlock,
  gcsBucketBlock,
]

/** Every task type and block type: one line for each. */
export const catalogue = catalogueOf(tasks, blocks)

/** What workers know beside what flows may use. */
export const workerCatalogue = catalogueOf(
  [...tasks, previewTask, profileTask, queryLook, browseLook, peekLook, estimateLook],
  blocks,
)
