import { Button, Menu, Popover } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { MoreHorizontal, Repeat } from 'lucide-react'
import { useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import { isTerminal } from '#core/model/state.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { goTo } from '#renderer/stores/navigation.ts'
import { useRun } from '#renderer/stores/run.ts'
import { runAgain, useRunning } from '#renderer/stores/running.ts'
import { offerUndo } from '#renderer/ui/offer-undo.tsx'
import { AgainPanel } from './again-panel.tsx'
import { RunControls } from './run-controls.tsx'
import { RunFailure } from './run-failure.tsx'
import { useRunCommands } from './use-run-commands.ts'
import classes from './run-bar.module.css'

/** Gone from every list at once; brought back by one press while its results are still there. */
const deleteRun = async (engine: Engine, { id, name }: FlowRun): Promise<void> => {
  try {
    await engine.client.runs.deleteMany({ flowRuns: [id] })
  } catch (error) {
    notifications.show({ color: 'red', message: failureOfCall(error).message })
    return
  }
  goTo({ page: 'runs' })
  offerUndo(`Deleted the run ${name}.`, async () => {
    await engine.client.runs.restoreMany({ flowRuns: [id] })
    goTo({ page: 'run', flowRun: id })
  })
}

const More = ({ flowRun, withChanges }: { flowRun: FlowRun; withChanges: () => void }) => {
  const { engine } = useWorld()
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" aria-label="More to do with this run" px={8}>
          <MoreHorizontal size={16} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={withChanges}>Run again with changes…</Menu.Item>
        <Menu.Item disabled={!isTerminal(flowRun.state)} onClick={() => void deleteRun(engine, flowRun)}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Everything that can be done with the run of a run page. */
export const RunActions = () => {
  useRunCommands()
  const { engine } = useWorld()
  const flowRun = useRun((state) => state.flowRun)
  const busy = useRunning((state) => state.asked === 'start')
  const [asking, setAsking] = useState(false)
  if (!flowRun) return null
  const again = async (parameters: FlowRun['parameters']) => {
    const next = await runAgain(engine, flowRun.id, parameters)
    if (!next) return
    setAsking(false)
    goTo({ page: 'run', flowRun: next.id })
  }
  return (
    <div className={classes['bar']}>
      <RunControls />
      <Popover
        opened={asking}
        onChange={setAsking}
        position="bottom-end"
        width={380}
        shadow="md"
        trapFocus
        returnFocus
        withinPortal
      >
        <Popover.Target>
          <Button size="xs" leftSection={<Repeat size={14} />} loading={busy} onClick={() => void again({})}>
            Run again
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          {asking && <AgainPanel flowRun={flowRun} run={again} close={() => setAsking(false)} />}
        </Popover.Dropdown>
      </Popover>
      <More flowRun={flowRun} withChanges={() => setAsking(true)} />
      <RunFailure />
    </div>
  )
}
