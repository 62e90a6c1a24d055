import type { Benchmark } from './benchmark.ts'
import { chain, threeSteps, wide } from './engine.ts'
import { etlCsv } from './etl.ts'
import { large } from './large.ts'
import { logsIngest } from './logs.ts'
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
  { name: 'logs.ingest', programs: ['sh'], linux: true, run: logsIngest },
  { name: 'start.cli', programs: [], linux: false, run: startCli },
]
