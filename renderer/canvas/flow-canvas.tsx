import '@xyflow/react/dist/style.css'
import { ReactFlow, SelectionMode, type Connection, type FinalConnectionState, type Viewport } from '@xyflow/react' // prettier-ignore
import { useComputedColorScheme } from '@mantine/core'
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ClipboardEvent, type MouseEvent } from 'react'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { runCommand } from '#renderer/stores/commands.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { select, useSelection } from '#renderer/stores/selection.ts'
import { CanvasControls } from './canvas-controls.tsx'
import { CanvasTools } from './canvas-tools.tsx'
import { paste, trackPointer } from './clipboard.ts'
import { connect, isValid, looseEndOf, sayWhyNot } from './connect.ts'
import { Dots } from './dots.tsx'
import { FarView } from './far-view.tsx'
import type { CanvasNode, WireEdge as Edge } from './graph.ts'
import { changeEdges, changeNodes, currentScene, followFlow, setSelectionMode, useGraph } from './graph-store.ts'
import { MarkNode } from './mark-node.tsx'
import { MiniMap } from './mini-map.tsx'
import { boundsOfTask } from './scene.ts'
import { taskOf, type Position } from '#renderer/stores/outline.ts'
import { TaskNode } from './task-node.tsx'
import { hoverWire, openTool } from './tools.ts'
import { useCanvasCommands } from './use-canvas-commands.ts'
import { useDrag } from './use-drag.ts'
import { useDrop } from './use-drop.ts'
import { showSelected } from './show-task.ts'
import { firstView, placeAt, reveal, screenPlace, setCanvas, useView, zoomRange, type Canvas } from './view.ts'
import { openSubflow } from './view-commands.ts'
import { WireEdge } from './wire-edge.tsx'
import './flow-canvas.css'

const nodeTypes = { task: TaskNode, note: MarkNode, frame: MarkNode }
const edgeTypes = { wire: WireEdge }
/** Keys and focus are ours: see the commands. */
const manner = {
  zoomOnDoubleClick: false,
  minZoom: zoomRange.least,
  maxZoom: zoomRange.most,
  connectionRadius: 24,
  deleteKeyCode: null,
  disableKeyboardA11y: true,
  nodesFocusable: false,
  edgesFocusable: false,
  elevateNodesOnSelect: false,
  proOptions: { hideAttribution: true },
} as const
const multiSelectionKeys = ['Shift', 'Meta', 'Control']

/** The task under a place when it is only drawn. */
const drawnAt = ([x, y]: Position): string | undefined => {
  const { outline, tasks } = currentScene()
  const point = { x, y, width: 0, height: 0 }
  return [...tasks.within(point)].find((id) => {
    const task = taskOf(outline, id)
    const box = task && boundsOfTask(outline, task)
    return box && x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height
  })
}

const onPaneClick = (event: MouseEvent): void => {
  const found = useGraph.getState().far ? drawnAt(placeAt(event)) : undefined
  const more = event.shiftKey || event.ctrlKey || event.metaKey
  if (found !== undefined) select({ tasks: more ? [...useSelection.getState().tasks, found] : [found] })
  else if (!more) select({})
}

/** Where there is nothing a task is added; where a task is only drawn the view goes to it. */
const onDoubleClick = (event: MouseEvent): void => {
  if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane')) return
  const position = placeAt(event)
  const found = useGraph.getState().far ? drawnAt(position) : undefined
  if (found !== undefined) return reveal(position, true)
  openTool({ tool: 'add', add: { position, at: screenPlace(position), wiring: null } })
}

/** A wire that is let go where there is nothing asks what it should lead to. */
const onConnectEnd = (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState): void => {
  const end = looseEndOf(state)
  if (state.toNode || !end || !('clientX' in event)) return sayWhyNot(state)
  const position = placeAt(event)
  openTool({ tool: 'add', add: { position, at: screenPlace(position), wiring: { kind: 'end', end } } })
}

const onPaste = (engine: Engine, event: ClipboardEvent): void => {
  if (event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return
  const text = event.clipboardData.getData('text/plain')
  event.preventDefault()
  if (text.trim() !== '') void paste(engine, text)
}

/** A menu outside the page copies what has the focus; the keys are a command's. */
const onCopy = (command: 'task.copy' | 'task.cut', event: ClipboardEvent): void => {
  if (event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return
  event.preventDefault()
  runCommand(command)
}

/** What it meets is added, piece by piece, to what was chosen, or with no key but Shift to nothing. */
const beginMarquee = (event: MouseEvent): void => {
  if (!event.ctrlKey && !event.metaKey) select({})
  setSelectionMode('more')
}

/** Made once: a new one would draw every node and every wire again. */
const handlers = {
  onViewportChange: (viewport: Viewport) => useView.setState({ viewport }),
  onNodesChange: changeNodes,
  onEdgesChange: changeEdges,
  onNodeDoubleClick: (_event: MouseEvent, { id }: CanvasNode) => openSubflow(id),
  onEdgeMouseEnter: (_event: MouseEvent, { id }: Edge) => hoverWire(id),
  onEdgeMouseLeave: () => hoverWire(null),
  onPaneClick,
  onConnectEnd,
  isValidConnection: isValid,
  onSelectionStart: beginMarquee,
} as const

/** The size is known before anything is shown, so that the first picture is the right one. */
const useSize = () => {
  const element = useRef<HTMLDivElement>(null)
  const [ready, setReady] = useState(false)
  useLayoutEffect(() => {
    const box = element.current
    if (!box) return undefined
    const measure = () => useView.setState({ size: [box.clientWidth, box.clientHeight] })
    measure()
    const { size } = useView.getState()
    useView.setState({ viewport: firstView(useFlow.getState().outline, size) })
    setReady(true)
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    return () => observer.disconnect()
  }, [])
  return { element, ready }
}

const Graph = ({ engine, scheme }: { engine: Engine; scheme: 'light' | 'dark' }) => {
  const nodes = useGraph((state) => state.nodes)
  const edges = useGraph((state) => state.edges)
  const looking = useFlow((state) => state.former !== null)
  const [viewport] = useState(() => useView.getState().viewport)
  const drag = useDrag(engine)
  const onConnect = useCallback((connection: Connection) => connect(engine, connection), [engine])
  const onInit = useCallback((instance: Canvas) => {
    const element = document.querySelector<HTMLElement>('[data-canvas]')
    if (element) setCanvas({ instance, element })
    showSelected()
  }, [])
  useEffect(() => () => setCanvas(null), [])
  useLayoutEffect(followFlow, [])
  return (
    <ReactFlow<CanvasNode, Edge>
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      defaultViewport={viewport}
      onInit={onInit}
      {...handlers}
      {...drag}
      onConnect={onConnect}
      nodesDraggable={!looking}
      nodesConnectable={!looking}
      colorMode={scheme}
      selectionMode={SelectionMode.Partial}
      multiSelectionKeyCode={multiSelectionKeys}
      {...manner}
    >
      <CanvasControls />
      <MiniMap scheme={scheme} />
    </ReactFlow>
  )
}

/** The flow as a drawing, and everything that can be done to it there. */
export const FlowCanvas = () => {
  const { engine } = useWorld()
  const scheme = useComputedColorScheme()
  const { element, ready } = useSize()
  useCanvasCommands()
  const drop = useDrop(engine)
  return (
    <div
      ref={element}
      data-canvas
      className="flow-canvas"
      role="application"
      aria-label="Canvas. A adds a task, C connects the selected one, Alt and arrows walk along wires."
      tabIndex={0}
      onDoubleClick={onDoubleClick}
      onPointerDownCapture={(event) => {
        setSelectionMode(event.shiftKey || event.ctrlKey || event.metaKey ? 'more' : 'one')
        const { target } = event
        if (target instanceof Element && target.closest('.react-flow__pane, .react-flow__node, .react-flow__edge'))
          if (!target.closest('input, textarea')) event.currentTarget.focus({ preventScroll: true })
      }}
      onPointerMove={(event) => trackPointer(placeAt(event))}
      onPointerLeave={() => trackPointer(null)}
      onPaste={(event) => onPaste(engine, event)}
      onCopy={(event) => onCopy('task.copy', event)}
      onCut={(event) => onCopy('task.cut', event)}
      {...drop}
    >
      {ready && <Dots />}
      {ready && <FarView scheme={scheme} />}
      {ready && <Graph engine={engine} scheme={scheme} />}
      <CanvasTools />
    </div>
  )
}
