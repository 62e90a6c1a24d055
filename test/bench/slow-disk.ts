import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { z } from 'zod'
import type { Scale } from './benchmark.ts'
import { figure, type Figure, type Measured } from './figure.ts'
import { withFolder } from './temporary-folder.ts'

const Counted = z.object({ value: z.number(), floor: z.number() })

const source = (name: string) => path.join(import.meta.dirname, name)

/**
 * The chain and the wide flow in a process whose syncs take 5 ms more. What counts is how many syncs a task costs, so
 * the figure is that number; the floor is that of bare commits. Checkpoints of SQLite add one sync in a hundred.
 */
export const slowDisk = ({ pairs }: Scale): Promise<Figure[]> =>
  withFolder((folder) => {
    const library = path.join(folder, 'slow-sync.so')
    execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-o', library, source('slow-sync.c'), '-ldl'])
    const syncsPerTask = (shape: string): Measured => {
      const count = path.join(folder, `${shape}.count`)
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [source('slow-disk-run.ts'), shape, String(pairs), count],
        { encoding: 'utf8', env: { ...process.env, LD_PRELOAD: library, SLOW_SYNC_COUNT: count } },
      )
      if (status !== 0) throw new Error(`The run on the slow disk failed: ${stderr}`)
      return Counted.parse(JSON.parse(stdout))
    }
    return Promise.resolve([
      figure('engine.slow_disk.chain', 'syncs/task', syncsPerTask('chain'), { at: 'most', times: 1.05 }),
      figure('engine.slow_disk.wide', 'syncs/task', syncsPerTask('wide'), { at: 'most', times: 0.1 }),
    ])
  })
