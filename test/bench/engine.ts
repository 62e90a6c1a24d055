import { availableParallelism } from 'node:os'
import { withBareCommits } from './bare-commit.ts'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { figure, inPairs, timed, type Figure } from './figure.ts'
import { chainFlow, wideFlow } from './generated-flows.ts'
import { processorTime } from './processor-time.ts'
import { withWorkerRoundTrips } from './worker-round-trip.ts'

/** So many calls, at most `limit` at a time. */
const atOnce = async (limit: number, count: number, call: () => Promise<unknown>): Promise<void> => {
  let left = count
  const lane = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: limit }, lane))
}

/** Runs of one flow: warm, timed, and all checked before anybody reads a figure. */
const runsOf = ({ run, check }: BenchEngine, text: string, tasks: number) => {
  const ids: string[] = []
  const once = async () => void ids.push(await run(text))
  const checked = async () => {
    for (const id of ids.splice(0)) await check(id, tasks)
  }
  return {
    warm: async (runs: number) => {
      for (let index = 0; index < runs; index += 1) await once()
      await checked()
    },
    time: () => timed(once),
    timeAtOnce: (limit: number, count: number) => timed(() => atOnce(limit, count, once)),
    checked,
  }
}

export const threeSteps = ({ pairs, short }: Scale): Promise<Figure[]> =>
  withBareCommits((commits) =>
    withBenchEngine(async (engine) => {
      const runs = runsOf(engine, chainFlow(3), 3)
      await runs.warm(short ? 50 : 300)
      const one = await inPairs(pairs * 20, () => commits.time(3), runs.time)
      const count = 200
      const perSecond = (milliseconds: number) => (count * 1000) / milliseconds
      // All workers are started, and as warm as the engine.
      await runs.timeAtOnce(50, short ? count : 20 * count)
      let processor = 0
      const many = await inPairs(
        pairs,
        async () => perSecond(await commits.time(count)),
        async () => {
          const before = processorTime()
          const taken = await runs.timeAtOnce(50, count)
          processor += processorTime() - before
          return perSecond(taken)
        },
      )
      await runs.checked()
      const least = 0.3
      const eachRun = {
        value: processor / (pairs * count),
        floor: (availableParallelism() * 1000) / (least * many.floor),
      }
      return [
        figure('engine.three_steps', 'ms', one, { at: 'most', times: 4 }),
        figure('engine.three_steps.at_once', 'flow runs/s', many, { at: 'least', times: least }),
        // The floor: what there is of all processors for each run at that rate. Beyond it no disk is quick enough.
        figure('engine.three_steps.at_once.processor', 'ms/run', eachRun, { at: 'most', times: 1 }),
      ]
    }),
  )

export const chain = ({ pairs }: Scale): Promise<Figure[]> =>
  withBareCommits((commits) =>
    withWorkerRoundTrips((trips) =>
      withBenchEngine(async (engine) => {
        const length = 1000
        const runs = runsOf(engine, chainFlow(length), length)
        await runs.warm(1)
        const measured = await inPairs(
          pairs,
          async () => (await commits.time(length)) / length + (await trips.time(length)),
          async () => (await runs.time()) / length,
        )
        await runs.checked()
        return [figure('engine.chain', 'ms/task', measured, { at: 'most', times: 3 })]
      }),
    ),
  )

export const wide = ({ pairs }: Scale): Promise<Figure[]> =>
  withBareCommits((commits) =>
    withBenchEngine(async (engine) => {
      const width = 10_000
      const runs = runsOf(engine, wideFlow(width, 16), width)
      await runs.warm(1)
      let engineTime = 0
      const measured = await inPairs(
        pairs,
        async () => (await commits.time(2000)) / 2000,
        async () => {
          const before = process.cpuUsage()
          const taken = await runs.time()
          const { user, system } = process.cpuUsage(before)
          engineTime += (user + system) / 1000
          return taken / width
        },
      )
      await runs.checked()
      const ofEngine = { value: engineTime / (pairs * width), floor: measured.floor }
      return [
        figure('engine.wide', 'ms/task', measured, { at: 'most', times: 1 }),
        // Of the engine's process alone, without its workers: what it takes even if nothing had to be waited for.
        figure('engine.wide.engine_processor', 'ms/task', ofEngine, { at: 'most', times: 1 }),
      ]
    }),
  )
