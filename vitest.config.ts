import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

type Options = { testTimeout?: number; hookTimeout?: number; fileParallelism?: boolean; exclude?: string[] }

const minute = 60_000

const project = (name: string, include: string[], options: Options = {}) => ({ test: { name, include, ...options } })

/** They start servers and scripts, or try hundreds of attacks, which takes longer than a check may. */
const long = [
  'core/blocks/bigquery/**/*.test.ts',
  'core/blocks/github-repository/**/*.test.ts',
  'core/blocks/postgres/**/*.test.ts',
  'core/blocks/gcs-bucket/**/*.test.ts',
  'test/fakes/**/*.test.ts',
  'test/fixtures/postgres.test.ts',
  'core/kinds/scripts/**/*.test.ts',
  'core/tasks/script-*/**/*.test.ts',
  'core/tasks/table-sql/hostile-sql.test.ts',
]

export default defineConfig({
  test: {
    pool: 'forks',
    // Much of the time tests wait for processes they have started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      // Generous, since a loaded machine is no failure; the check as a whole has its own limit.
      project('unit', ['{core,electron,renderer}/**/*.test.ts', 'test/{bench,run,twins,fixtures}/**/*.test.ts'], {
        testTimeout: minute / 2,
        exclude: long,
      }),
      project('long', long, { testTimeout: 2 * minute, hookTimeout: minute }),
      project('architecture', ['test/architecture/**/*.test.ts'], { testTimeout: minute }),
      project('rpc', ['test/rpc/**/*.test.ts'], { testTimeout: minute }),
      project('scenarios', ['test/scenarios/**/*.test.ts'], { testTimeout: 2 * minute, hookTimeout: minute }),
      // Real keyrings in sessions of their own; some of it measures time.
      project('keychain', ['test/keychain/**/*.test.ts'], {
        testTimeout: 2 * minute,
        hookTimeout: minute,
        fileParallelism: false,
      }),
      // One window or tab at a time: each has an engine and a screen of its own.
      project('e2e', ['test/e2e/**/*.test.ts'], {
        testTimeout: 2 * minute,
        hookTimeout: minute,
        fileParallelism: false,
      }),
      // Against Google itself, for whoever has credentials there; part of no other suite. See test/fakes/README.md.
      project('real', ['test/real/**/*.test.ts'], { testTimeout: 10 * minute, hookTimeout: minute }),
      // Its subject is timing under load, so nothing else runs beside it.
      project('crash', ['test/crash/**/*.test.ts'], {
        testTimeout: 10 * minute,
        hookTimeout: minute,
        fileParallelism: false,
      }),
    ],
  },
})
