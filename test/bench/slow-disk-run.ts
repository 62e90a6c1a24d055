// `slow-disk-run.ts SHAPE PAIRS COUNT_FILE`, with slow syncs: prints syncs a commit and syncs a task, as medians of pairs.
import { statSync } from 'node:fs'
import { withBareCommits } from './bare-commit.ts'
import { withBenchEngine } from './bench-engine.ts'
import { inPairs } from './figure.ts'
import { chainFlow, wideFlow } from './generated-flows.ts'

const [shape, pairs, countFile = ''] = process.argv.slice(2)
const { tasks, text } =
  shape === 'chain' ? { tasks: 200, text: chainFlow(200) } : { tasks: 2000, text: wideFlow(2000, 16) }

/** Each sync has added one byte to the file. */
const syncsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = statSync(countFile).size
  await work()
  return statSync(countFile).size - before
}

await withBareCommits((commits) =>
  withBenchEngine(async ({ run, check }) => {
    await check(await run(text), tasks)
    const ids: string[] = []
    const measured = await inPairs(
      Number(pairs),
      async () => (await syncsOf(() => commits.time(100))) / 100,
      async () => (await syncsOf(async () => ids.push(await run(text)))) / tasks,
    )
    for (const id of ids) await check(id, tasks)
    process.stdout.write(JSON.stringify(measured))
  }),
)
