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

export const benchmarks: readonly Benchmark[] = [
  { name: 'engine.three_steps', programs: [], linux: false, run: threeSteps },
  { name: 'engine.chain', programs: [], linux: false, run: chain },
  { name: 'engine.wide', programs: [], linux: false, run: wide },
  { name: 'engine.slow_disk', programs: ['gcc'], linux: true, run: slowDisk },
  { name: 'engine.large', programs: [], linux: false, run: large },
  { name: 'task.shell', programs: ['sh'], linux: false, run: taskShell },
  { name: 'etl.csv', programs: ['gzip'], linux: true, run: etlCsv },
  { name: 'etl.duckdb', programs: [], linux: false, run: etlDuckdb },
  { name: 'etl.join', programs: [], linux: true, run: etlJoin },
  { name: 'etl.infer', programs: [], linux: false, run: etlInfer },
  { name: 'etl.parquet', programs: [], linux: false, run: etlParquet },
  { name: 'etl.postgres', programs: ['psql', 'initdb'], linux: true, run: etlPostgres },
  { name: 'etl.pandas', programs: ['initdb'], linux: true, run: etlPandas },
  { name: 'gcs.upload', programs: ['curl'], linux: false, run: gcsUpload },
  { name: 'bigquery.load', programs: ['curl'], linux: false, run: bigqueryLoad },
  { name: 'logs.ingest', programs: ['sh'], linux: true, run: logsIngest },
  { name: 'mask.cost', programs: ['seq'], linux: true, run: maskCost },
  { name: 'app.start', programs: ['Xvfb'], linux: true, run: startApp },
  { name: 'logs.view', programs: ['chromium'], linux: false, run: logsView },
  { name: 'logs.live', programs: ['chromium'], linux: false, run: logsLive },
  { name: 'runs.list', programs: ['chromium'], linux: false, run: runsList },
  { name: 'start.cli', programs: [], linux: false, run: startCli },
  { name: 'canvas.work', programs: ['chromium'], linux: false, run: canvasWork },
  { name: 'canvas.open', programs: ['chromium'], linux: false, run: canvasOpen },
  { name: 'canvas.fit', programs: ['chromium'], linux: false, run: canvasFit },
]
