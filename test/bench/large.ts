import { parseDocument } from 'yaml'
import { catalogue } from '#core/catalogue.ts'
import { planFlow } from '#core/engine/plan.ts'
import { readFlow } from '#core/flow/read-flow.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import { withBenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { expectEqual, figure, inPairs, timed, type Figure } from './figure.ts'
import { largeFlow } from './generated-flows.ts'

const read = (text: string): FlowDocument => {
  const { document, problems } = readFlow(text, { catalogue })
  if (document) return document
  throw new Error(`The large flow has ${problems.length} problems: ${problems[0]?.message}`)
}

/** Checking and planning against parsing the YAML; opening from the library against JSON.parse of the flow. */
export const large = async ({ pairs }: Scale): Promise<Figure[]> => {
  const text = largeFlow(10_000)
  expectEqual('the number of planned tasks', planFlow(read(text)).tasks.length, 10_000)
  const checked = await inPairs(
    pairs,
    () => timed(() => parseDocument(text)),
    () => timed(() => planFlow(read(text))),
  )
  return [
    figure('engine.large.check', 'ms', checked, { at: 'most', times: 3 }),
    figure('engine.large.open', 'ms', await opening(pairs), { at: 'most', times: 20 }),
  ]
}

const opening = (pairs: number) =>
  withBenchEngine(async ({ client }) => {
    const text = largeFlow(1000)
    const json = JSON.stringify(read(text))
    const { names } = await client.flows.import({ text })
    const source = { from: 'library', name: names[0] ?? '' } as const
    const open = () => client.flows.inspect({ source })
    expectEqual('the opened flow', JSON.stringify((await open()).document), json)
    return inPairs(
      pairs * 3,
      () => timed(() => JSON.parse(json)),
      () => timed(open),
    )
  })
