import type { EdgeChange, NodeChange } from '@xyflow/react'
import { create } from 'zustand'
import { useFlow } from '#renderer/stores/flow.ts'
import { select, useSelection } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import type { Position } from '#renderer/stores/outline.ts'
import type { CanvasNode, WireEdge } from './graph.ts'
import type { Rectangle } from './layout.ts'
import { emptyScene, nextScene, shownIn, type Scene } from './scene.ts'
import { seenArea, useView } from './view.ts'

/** What the canvas mounts: the part of the flow that is in view and a little around it. */
export type GraphState = {
  readonly nodes: CanvasNode[]
  readonly edges: WireEdge[]
  /** Seen from so far that it is drawn as a picture instead. */
  readonly far: boolean
}

export const useGraph = create<GraphState>(() => ({ nodes: [], edges: [], far: false }))

let scene: Scene = emptyScene(useFlow.getState().outline)
/** Places of what is being dragged, and of what was and is on its way to the file. */
const moved = new Map<string, Position>()
/** What was mounted last. */
let mounted: Rectangle | null = null

export const currentScene = (): Scene => scene

/** Screen pixels around what is seen; it is moved along before its edge comes into view. */
const margin = { mounted: 160, kept: 32 } as const

/** From here on a node is too small to be read, and more than so many are too many to be mounted. */
const farZoom = 0.35
const mostNear = 400

const isFar = (): boolean => {
  const { viewport } = useView.getState()
  return viewport.zoom < farZoom && scene.tasks.within(seenArea()).size > mostNear
}

const covers = (outer: Rectangle, inner: Rectangle): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  outer.x + outer.width >= inner.x + inner.width &&
  outer.y + outer.height >= inner.y + inner.height

/** Whether two lists hold the same objects in the same order. */
const same = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index])

const remake = (): void => {
  const state = useGraph.getState()
  if (isFar()) {
    mounted = null
    if (!state.far) useGraph.setState({ nodes: [], edges: [], far: true })
    return
  }
  mounted = seenArea(margin.mounted)
  const { nodes, edges } = shownIn(scene, {
    area: mounted,
    selection: useSelection.getState(),
    moved,
    before: new Map(state.nodes.map((node) => [node.id, node])),
    edgesBefore: new Map(state.edges.map((edge) => [edge.id, edge])),
  })
  useGraph.setState({
    nodes: same(nodes, state.nodes) ? state.nodes : nodes,
    edges: same(edges, state.edges) ? state.edges : edges,
    far: false,
  })
}

const takeFlow = (): void => {
  const { outline, draft, former } = useFlow.getState()
  const { taskTypes: types } = useSession.getState()
  scene = nextScene(scene, { outline, types, problems: former ? undefined : draft?.content.problems })
}

let frame = 0

/** At most once a frame, and only when what is seen leaves what is mounted. */
const followView = (): void => {
  if (frame !== 0) return
  frame = requestAnimationFrame(() => {
    frame = 0
    const { far } = useGraph.getState()
    if (far !== isFar() || (!far && (mounted === null || !covers(mounted, seenArea(margin.kept))))) remake()
  })
}

/** Follows the flow, the types, the selection and the view. The answer ends it. */
export const followFlow = (): (() => void) => {
  const all = () => {
    takeFlow()
    remake()
  }
  all()
  const stops = [
    useFlow.subscribe((now, before) => (now.outline !== before.outline || now.draft !== before.draft) && all()),
    useSession.subscribe((now, before) => now.taskTypes !== before.taskTypes && all()),
    useSelection.subscribe(remake),
    useView.subscribe(followView),
  ]
  return () => {
    cancelAnimationFrame(frame)
    frame = 0
    for (const stop of stops) stop()
    moved.clear()
    scene = emptyScene(scene.outline)
    mounted = null
    useGraph.setState({ nodes: [], edges: [], far: false })
  }
}

const movedNode = (node: CanvasNode): CanvasNode => {
  const place = moved.get(node.id)
  if (!place || (place[0] === node.position.x && place[1] === node.position.y)) return node
  return { ...node, position: { x: place[0], y: place[1] } }
}

/** Shows things at other places than the flow says, until `settle`. Called for each move of the pointer. */
export const showMoved = (places: Iterable<readonly [string, Position]>): void => {
  for (const [id, position] of places) moved.set(id, position)
  const { nodes } = useGraph.getState()
  if (nodes.filter(({ id }) => moved.has(id)).length < moved.size) remake()
  else useGraph.setState({ nodes: nodes.map(movedNode) })
}

/** The flow has taken the places over, or refused to. A place that was moved again since stays. */
export const settle = (places: ReadonlyMap<string, Position>): void => {
  for (const [id, position] of places) if (moved.get(id) === position) moved.delete(id)
  remake()
}

export type SelectionMode = 'one' | 'more'
let mode: SelectionMode = 'one'

/** Whether what is chosen next is added to what is chosen, also where that is out of view. */
export const setSelectionMode = (next: SelectionMode): void => {
  mode = next
}

const toggled = (ids: readonly string[], changes: ReadonlyMap<string, boolean>): readonly string[] => {
  const kept =
    mode === 'one' && [...changes.values()].includes(true) ? [] : ids.filter((id) => changes.get(id) !== false)
  const added = [...changes].filter(([id, chosen]) => chosen && !kept.includes(id)).map(([id]) => id)
  return [...kept, ...added]
}

const selections = (
  changes: readonly (NodeChange<CanvasNode> | EdgeChange<WireEdge>)[],
): ReadonlyMap<string, boolean> =>
  new Map(changes.flatMap((change) => (change.type === 'select' ? [[change.id, change.selected] as const] : [])))

/** The selection is ours: the canvas only knows what is mounted of it. */
export const changeNodes = (changes: NodeChange<CanvasNode>[]): void => {
  const places = changes.flatMap((change): [string, Position][] =>
    change.type === 'position' && change.position ? [[change.id, [change.position.x, change.position.y]]] : [],
  )
  if (places.length > 0) showMoved(places)
  const chosen = selections(changes)
  if (chosen.size === 0) return
  const now = useSelection.getState()
  const isMark = (id: string) => id.includes(':')
  select({
    wires: mode === 'one' && [...chosen.values()].includes(true) ? [] : now.wires,
    tasks: toggled(now.tasks, new Map([...chosen].filter(([id]) => !isMark(id)))),
    marks: toggled(now.marks, new Map([...chosen].filter(([id]) => isMark(id)))),
  })
}

export const changeEdges = (changes: EdgeChange<WireEdge>[]): void => {
  const chosen = selections(changes)
  if (chosen.size === 0) return
  const now = useSelection.getState()
  const alone = mode === 'one' && [...chosen.values()].includes(true)
  select({ tasks: alone ? [] : now.tasks, marks: alone ? [] : now.marks, wires: toggled(now.wires, chosen) })
}
