import '@mantine/core/styles.layer.css'
import '#renderer/app/global.css'
import { MantineProvider } from '@mantine/core'
import { ReactFlowProvider } from '@xyflow/react'
import { createRoot, type Root } from 'react-dom/client'
import type { TaskRun } from '#core/model/flow-run.ts'
import { FlowCanvas } from '#renderer/canvas/flow-canvas.tsx'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'
import { WorldProvider } from '#renderer/rpc/world.tsx'
import { runCommand } from '#renderer/stores/commands.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { outlineOf } from '#renderer/stores/outline.ts'
import { useRun } from '#renderer/stores/run.ts'
import { useSession } from '#renderer/stores/session.ts'
import { filterType, flowOf } from './flow.tsx'
import { offer, painted, settled } from './page.tsx'

// Nothing is edited here, so neither is ever asked.
const world = { engine: {} as Engine, host: {} as Host }

useSession.setState({ taskTypes: new Map([[filterType.type, filterType]]) })

let root: Root | null = null

const open = async (count: number): Promise<number> => {
  root?.unmount()
  const value = flowOf(count)
  await settled()
  const before = performance.now()
  useFlow.setState({ outline: outlineOf(value) })
  root = createRoot(document.getElementById('root') ?? document.body)
  root.render(
    <MantineProvider>
      <WorldProvider value={world}>
        <ReactFlowProvider>
          <FlowCanvas />
        </ReactFlowProvider>
      </WorldProvider>
    </MantineProvider>,
  )
  while (!document.querySelector('.react-flow__node')) await painted()
  await painted()
  return performance.now() - before
}

const taskRun = (task: string, name: TaskRun['state']['name']): TaskRun =>
  ({
    id: task,
    flowRun: 'run',
    key: task,
    task,
    item: null,
    items: null,
    runCount: 1,
    startedAt: null,
    endedAt: null,
    runTime: 0,
    outputs: {},
    cacheKey: null,
    state: { name, at: 0, message: null },
  }) as unknown as TaskRun

offer({
  open,
  changeStates: (tasks, state) =>
    useRun.setState(({ taskRuns }) => {
      const next = new Map(taskRuns)
      for (const task of tasks) next.set(task, taskRun(task, state))
      return { taskRuns: next }
    }),
  fit: () => runCommand('canvas.fit'),
})
