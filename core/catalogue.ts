import { duckdbBlock } from './blocks/duckdb/index.ts'
import { json } from './blocks/json/index.ts'
import { localFileSystemBlock } from './blocks/local-file-system/index.ts'
import { secret } from './blocks/secret/index.ts'
import { string } from './blocks/string/index.ts'
import { catalogueOf } from './kinds/catalogue.ts'
import { previewTask } from './services/runs/preview.ts'
import { databaseLoad } from './tasks/database-load/index.ts'
import { flowRun } from './tasks/flow-run/index.ts'
import { httpDownload } from './tasks/http-download/index.ts'
import { logMessage } from './tasks/log-message/index.ts'
import { scriptShell } from './tasks/script-shell/index.ts'
import { storageUpload } from './tasks/storage-upload/index.ts'
import { tableCheck } from './tasks/table-check/index.ts'
import { tableFilter } from './tasks/table-filter/index.ts'
import { tableRead } from './tasks/table-read/index.ts'
import { tableSelect } from './tasks/table-select/index.ts'
import { tableWrite } from './tasks/table-write/index.ts'

const tasks = [
  httpDownload,
  tableRead,
  tableFilter,
  tableSelect,
  tableCheck,
  tableWrite,
  storageUpload,
  databaseLoad,
  scriptShell,
  flowRun,
  logMessage,
]

const blocks = [localFileSystemBlock, duckdbBlock, secret, string, json]

/** Every task type and block type: one line for each. */
export const catalogue = catalogueOf(tasks, blocks)

/** What workers know beside what flows may use. */
export const workerCatalogue = catalogueOf([...tasks, previewTask], blocks)
