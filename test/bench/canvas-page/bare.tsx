import '@xyflow/react/dist/style.css'
import { Handle, Position, ReactFlow, useReactFlow, ReactFlowProvider, type Edge, type Node, type NodeProps, type NodeChange, applyNodeChanges } from '@xyflow/react' // prettier-ignore
import { memo, useCallback, useEffect, useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { idOf, placeOf, row } from './flow.tsx'
import { offer, painted, settled } from './page.tsx'

/** The least a page can do that shows the same with React Flow as its documentation says large flows are shown. */
type Task = Node<{ readonly state: string; readonly setting: string }, 'task'>

const box = { boxSizing: 'border-box', width: 220, height: 60, border: '1px solid #ccc', background: '#fff' } as const

const TaskNode = memo(({ id, data }: NodeProps<Task>) => (
  <div style={box}>
    <Handle id="table" type="target" position={Position.Left} />
    <svg width={18} height={18} viewBox="0 0 24 24">
      <path d="M4 4h16v16H4z" />
    </svg>
    <div>{id}</div>
    <div>{data.setting}</div>
    <span>{data.state}</span>
    <Handle id="table" type="source" position={Position.Right} />
  </div>
))
TaskNode.displayName = 'TaskNode'

const nodeTypes = { task: TaskNode }

const nodesOf = (count: number): Task[] =>
  Array.from({ length: count }, (_, index) => {
    const [x, y] = placeOf(index)
    const handle = { id: 'table', y: 26, width: 8, height: 8 }
    return {
      id: idOf(index),
      type: 'task',
      position: { x, y },
      data: { state: '', setting: `n > ${index}` },
      width: 220,
      height: 60,
      handles: [
        { ...handle, type: 'target', position: Position.Left, x: -4 },
        { ...handle, type: 'source', position: Position.Right, x: 216 },
      ],
    }
  })

const edgesOf = (count: number): Edge[] =>
  Array.from({ length: count }, (_, index) => index)
    .filter((index) => index % row > 0)
    .map((index) => ({
      id: `e${index}`,
      type: 'smoothstep',
      source: idOf(index - 1),
      target: idOf(index),
      sourceHandle: 'table',
      targetHandle: 'table',
    }))

let change: ((update: (nodes: Task[]) => Task[]) => void) | null = null
let fit: (() => void) | null = null

const Flow = ({ count }: { count: number }) => {
  const [nodes, setNodes] = useState(() => nodesOf(count))
  const [edges] = useState(() => edgesOf(count))
  const { fitView } = useReactFlow()
  useEffect(() => {
    change = setNodes
    fit = () => void fitView()
  }, [fitView])
  const onNodesChange = useCallback(
    (changes: NodeChange<Task>[]) => setNodes((now) => applyNodeChanges(changes, now)),
    [],
  )
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodesChange={onNodesChange}
      onlyRenderVisibleElements
      minZoom={0.02}
      defaultViewport={{ x: 48, y: 48, zoom: 0.6 }}
    />
  )
}

let root: Root | null = null

offer({
  open: async (count) => {
    root?.unmount()
    await settled()
    const before = performance.now()
    root = createRoot(document.getElementById('root') ?? document.body)
    root.render(
      <ReactFlowProvider>
        <Flow count={count} />
      </ReactFlowProvider>,
    )
    while (!document.querySelector('.react-flow__node')) await painted()
    await painted()
    return performance.now() - before
  },
  changeStates: (tasks, state) => {
    const changed = new Set(tasks)
    change?.((nodes) => nodes.map((node) => (changed.has(node.id) ? { ...node, data: { ...node.data, state } } : node)))
  },
  fit: () => fit?.(),
})
