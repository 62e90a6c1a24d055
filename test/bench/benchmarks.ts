import { startApp } from './app-start.ts'
import type { Benchmark } from './benchmark.ts'
import { bigqueryLoad } from './bigquery-load.ts'
import { canvasFit, canvasOpen, canvasWork } from './canvas.ts'
import { chain, threeSteps, wide } from './engine.ts'
import { etlDuckdb } from './etl-duckdb.ts'
import { etlInfer } from './etl-infer.ts'
import { etlJoin } from './etl-join.ts'
import { etlPandas } from './etl-pandas.ts'
import { etlParquet } from './etl-parquet.ts'
import { etlPostgres } from './etl-postgres.ts'
import { etlCsv } from './etl.ts'
import { gcsUpload } from './gcs-upload.ts'
import { large } from './large.ts'
import { logsIngest } from './logs.ts'
import { maskCost } from './mask.ts'
import { logsLive, logsView } from './screen-logs.ts'
import { runsList } from './screen-runs.ts'
import { taskShell } from './shell.ts'
import { slowDisk } from './slow-disk.ts'
import { startCli } from './start.ts'

/** In the order in which they matter, since what does not end in time is left out: first the headlines of each part. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'engine.three_steps', seconds: 12, programs: [], linux: false, run: threeSteps },
  { name: 'etl.csv', seconds: 27, programs: ['gzip'], linux: true, run: etlCsv },
  { name: 'etl.parquet', seconds: 5, programs: [], linux: false, run: etlParquet },
  { name: 'etl.postgres', seconds: 60, programs: ['psql', 'initdb'], linux: true, run: etlPostgres },
  { name: 'canvas.work', seconds: 40, programs: ['chromium'], linux: false, run: canvasWork },
  { name: 'app.start', seconds: 8, programs: ['Xvfb'], linux: true, run: startApp },
  { name: 'logs.live', seconds: 7, programs: ['chromium'], linux: false, run: logsLive },
  { name: 'gcs.upload', seconds: 13, programs: ['curl'], linux: false, run: gcsUpload },
  { name: 'bigquery.load', seconds: 5, programs: ['curl'], linux: false, run: bigqueryLoad },
  { name: 'start.cli', seconds: 2, programs: [], linux: false, run: startCli },
  { name: 'engine.chain', seconds: 5, programs: [], linux: false, run: chain },
  { name: 'engine.wide', seconds: 19, programs: [], linux: false, run: wide },
  { name: 'logs.ingest', seconds: 17, programs: ['sh'], linux: true, run: logsIngest },
  { name: 'etl.duckdb', seconds: 9, programs: [], linux: false, run: etlDuckdb },
  { name: 'etl.join', seconds: 6, programs: [], linux: true, run: etlJoin },
  { name: 'logs.view', seconds: 5, programs: ['chromium'], linux: false, run: logsView },
  { name: 'runs.list', seconds: 4, programs: ['chromium'], linux: false, run: runsList },
  { name: 'mask.cost', seconds: 9, programs: ['seq'], linux: true, run: maskCost },
  { name: 'canvas.open', seconds: 9, programs: ['chromium'], linux: false, run: canvasOpen },
  { name: 'task.shell', seconds: 2, programs: ['sh'], linux: false, run: taskShell },
  { name: 'engine.large', seconds: 13, programs: [], linux: false, run: large },
  { name: 'canvas.fit', seconds: 31, programs: ['chromium'], linux: false, run: canvasFit },
  { name: 'etl.infer', seconds: 20, programs: [], linux: false, run: etlInfer },
  { name: 'engine.slow_disk', seconds: 32, programs: ['gcc'], linux: true, run: slowDisk },
  { name: 'etl.pandas', seconds: 43, programs: ['initdb'], linux: true, run: etlPandas },
]
