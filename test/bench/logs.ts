import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { runBundle } from './bundle.ts'
import { expectEqual, figure, inPairs, timed, type Figure, type Measured } from './figure.ts'
import { withFolder } from './temporary-folder.ts'

const rest = `${'from Bedford to Bushwick, one passenger, '.repeat(2)}paid in cash`

const lineOf = (index: number) => `ride ${index} ${rest}`

/** Prints so many numbered lines of about 100 bytes, one at a time, as scripts do. */
const scriptOf = (count: number) => `i=0; while [ $i -lt ${count} ]; do echo "ride $i ${rest}"; i=$((i+1)); done`

const flowOf = (count: number) =>
  `millrace: 1\nname: lines\ntasks:\n  print: { type: script.shell, with: ${JSON.stringify({ script: scriptOf(count) })} }\n`

/** The floor: the same script in a child whose stdout is split into lines that nobody keeps. */
const splitAndDrop = async (count: number): Promise<void> => {
  const child = spawn('/bin/sh', ['-e', '-c', scriptOf(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.setEncoding('utf8')
  let begun = ''
  let lines = 0
  child.stdout.on('data', (chunk: string) => {
    const split = (begun + chunk).split('\n')
    begun = split.pop() ?? ''
    lines += split.length
  })
  await once(child, 'close')
  expectEqual('the number of lines', lines, count)
}

export const logsIngest = async ({ short, pairs }: Scale): Promise<Figure[]> => {
  const count = short ? 300_000 : 1_000_000
  const speed = await withBenchEngine((engine) => speedOf(engine, count, pairs), 4)
  const ingested = figure('logs.ingest', 'lines/s', speed, { at: 'least', times: 0.3 })
  // With fewer lines the heap does not come to its level, so that more of them still raise it.
  if (short) return [ingested]
  const memory = await withFolder((folder) => memoryOf(folder, count / 5, pairs))
  return [ingested, figure('logs.ingest.engine_memory', 'MB', memory, { at: 'most', times: 1.25 })]
}

const speedOf = async (engine: BenchEngine, count: number, pairs: number): Promise<Measured> => {
  const perSecond = (milliseconds: number) => (count * 1000) / milliseconds
  const ids: string[] = []
  await engine.run(flowOf(1000))
  const measured = await inPairs(
    pairs,
    async () => perSecond(await timed(() => splitAndDrop(count))),
    async () => perSecond(await timed(async () => ids.push(await engine.run(flowOf(count))))),
  )
  for (const id of ids) await checkLines(engine, id, count)
  return measured
}

/** Every line is there, once, in its place. */
const checkLines = async ({ client, check }: BenchEngine, flowRun: string, count: number): Promise<void> => {
  await check(flowRun, 1)
  let next = 0
  for (let after = 0; ;) {
    const lines = await client.runs.logs({ flowRun, taskRun: 'print', after, limit: 10_000 })
    for (const { message } of lines) if (message === lineOf(next)) next += 1
    const last = lines.at(-1)
    if (!last) break
    after = last.seq
  }
  expectEqual('the number of lines stored in order', next, count)
}

/**
 * The engine's peak when it takes in five times as many lines, against its peak with these: it should not grow. V8 may
 * not enlarge its young generation meanwhile, which it does step by step under load, so that what we keep is seen.
 */
const memoryOf = (folder: string, count: number, pairs: number): Promise<Measured> => {
  const peakWith = async (lines: number): Promise<number> => {
    const flow = path.join(folder, `lines-${lines}.yaml`)
    writeFileSync(flow, flowOf(lines))
    const args = ['--home', path.join(folder, `home-${lines}`), 'run', flow, '--json']
    return (await runBundle(args, ['--max-semi-space-size=8'])).engine
  }
  return inPairs(
    pairs,
    () => peakWith(count),
    () => peakWith(5 * count),
  )
}
