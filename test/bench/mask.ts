import { randomBytes } from 'node:crypto'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { expectEqual, figure, inPairs, timed, type Figure } from './figure.ts'

const secrets = Array.from({ length: 50 }, (_, index) => ({
  name: `TOKEN_${index}`,
  value: randomBytes(18 + index).toString('base64'),
}))

/** Lines of about 100 bytes as fast as a program writes them, so that taking them in is what takes the time. */
const scriptOf = (count: number) =>
  `seq -f 'ride %.0f from Bedford to Bushwick, one passenger, from Bedford to Bushwick, one passenger, paid in cash' ${count}`

const flowOf = (count: number, withSecrets: boolean) => {
  const named = secrets.map(({ name }) => [name, `block:secret/${name}`])
  const settings = { script: scriptOf(count), ...(withSecrets && { secrets: Object.fromEntries(named) as object }) }
  return `millrace: 1\nname: lines\ntasks:\n  print: { type: script.shell, with: ${JSON.stringify(settings)} }\n`
}

const createSecrets = async ({ client }: BenchEngine): Promise<void> => {
  await client.system.unlockSecrets({ passphrase: 'only for this benchmark' })
  for (const { name, value } of secrets) await client.blocks.create({ type: 'secret', name, secrets: { value } })
}

const ingest = async (engine: BenchEngine, count: number, withSecrets: boolean): Promise<number> => {
  let flowRun = ''
  const time = await timed(async () => (flowRun = await engine.run(flowOf(count, withSecrets))))
  await engine.check(flowRun, 1)
  const last = await engine.client.runs.logs({ flowRun, taskRun: 'print', tail: true, limit: 5 })
  const isThere = last.some(({ message }) => message.startsWith(`ride ${count} `))
  expectEqual('that the last line is there', isThere, true)
  return time
}

/** The same lines in two engines, of which one knows fifty secrets. */
export const maskCost = ({ short, pairs }: Scale): Promise<Figure[]> => {
  const count = short ? 300_000 : 900_000
  return withBenchEngine((plain) =>
    withBenchEngine(
      async (masking) => {
        await createSecrets(masking)
        await ingest(plain, 1000, false)
        await ingest(masking, 1000, true)
        const measured = await inPairs(
          2 * pairs,
          () => ingest(plain, count, false),
          () => ingest(masking, count, true),
        )
        return [figure('mask.cost', 'ms', measured, { at: 'most', times: 1.1 })]
      },
      undefined,
      { MILLRACE_SECRETS: 'vault' },
    ),
  )
}
