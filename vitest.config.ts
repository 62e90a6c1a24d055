import { defineConfig } from 'vitest/config'

type Options = { testTimeout?: number; hookTimeout?: number; fileParallelism?: boolean }

const minute = 60_000

const project = (name: string, include: string[], options: Options = {}) => ({ test: { name, include, ...options } })

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      // Generous, since a loaded machine is no failure; the check as a whole has its own limit.
      project('unit', ['core/**/*.test.ts', 'test/{run,twins,fixtures}/**/*.test.ts'], { testTimeout: minute / 2 }),
      project('architecture', ['test/architecture/**/*.test.ts'], { testTimeout: minute }),
      project('rpc', ['test/rpc/**/*.test.ts'], { testTimeout: minute }),
      project('scenarios', ['test/scenarios/**/*.test.ts'], { testTimeout: 2 * minute, hookTimeout: minute }),
      // Its subject is timing under load, so nothing else runs beside it.
      project('crash', ['test/crash/**/*.test.ts'], {
        testTimeout: 10 * minute,
        hookTimeout: minute,
        fileParallelism: false,
      }),
    ],
  },
})
