import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js'
import { taskOf, type Outline, type Position } from '#renderer/stores/outline.ts'
import { nodeSize, placeOf } from './layout.ts'

let elk: Promise<ELK> | null = null

/** Loaded when first asked for, and run beside the page: a large flow takes a while. */
const openElk = async (): Promise<ELK> => {
  const [{ default: Elk }, { default: workerAddress }] = await Promise.all([
    import('elkjs/lib/elk-api.js'),
    import('elkjs/lib/elk-worker.min.js?url'),
  ])
  return new Elk({ workerUrl: workerAddress })
}

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '80',
  'elk.spacing.nodeNode': '36',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}

/** Places for tasks (all, or the chosen ones among themselves) in layers from left to right, where they begin now. */
export const tidyPositions = async (
  outline: Outline,
  chosen: readonly string[],
): Promise<ReadonlyMap<string, Position>> => {
  const wanted = new Set(chosen.length > 1 ? chosen : outline.tasks.map(({ id }) => id))
  let [left, top] = [Infinity, Infinity]
  for (const id of wanted) {
    const task = taskOf(outline, id)
    const [x, y] = task ? placeOf(outline, task) : [Infinity, Infinity]
    left = Math.min(left, x)
    top = Math.min(top, y)
  }
  const graph: ElkNode = {
    id: 'flow',
    layoutOptions: options,
    children: [...wanted].map((id) => ({ id, ...nodeSize })),
    edges: outline.wires
      .filter(({ from, to }) => wanted.has(from.task) && wanted.has(to.task))
      .map(({ id, from, to }) => ({ id, sources: [from.task], targets: [to.task] })),
  }
  elk ??= openElk()
  const { children = [] } = await (await elk).layout(graph)
  // It leaves a margin, also for wires that go around: without taking it off the flow would move each time.
  const [firstX, firstY] = [Math.min(...children.map(({ x = 0 }) => x)), Math.min(...children.map(({ y = 0 }) => y))]
  return new Map(
    children.map(({ id, x = 0, y = 0 }): [string, Position] => [
      id,
      [Math.round(left + x - firstX), Math.round(top + y - firstY)],
    ]),
  )
}
