import { ActionIcon, Tooltip } from '@mantine/core'
import { Hand, Play, Square } from 'lucide-react'
import type { TaskRun } from '#core/model/flow-run.ts'
import { isTerminal, stateType } from '#core/model/state.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useRun } from '#renderer/stores/run.ts'
import { cancelTask, holdTask, releaseTask } from '#renderer/stores/running.ts'

type Action = {
  readonly name: string
  readonly help: string
  readonly icon: typeof Hand
  act(engine: Engine, task: string): Promise<void>
}

const hold: Action = { name: 'Hold', help: 'It does not start until it is released', icon: Hand, act: holdTask }
const release: Action = { name: 'Release', help: 'It may start again', icon: Play, act: releaseTask }
const stop: Action = { name: 'Stop', help: 'End this task, and leave the others', icon: Square, act: cancelTask }

const actionFor = ({ state }: TaskRun, held: boolean): Action | null => {
  if (held) return release
  const type = stateType(state)
  if (type === 'PENDING' || type === 'SCHEDULED') return hold
  return type === 'RUNNING' ? stop : null
}

/** What can be done with one task while its run goes on. */
export const TaskAction = ({ run, held }: { run: TaskRun; held: boolean }) => {
  const { engine } = useWorld()
  const going = useRun(({ flowRun }) => flowRun !== null && !isTerminal(flowRun.state))
  const action = going && run.item === null ? actionFor(run, held) : null
  if (!action) return null
  const { name, help, icon: Icon, act } = action
  return (
    <Tooltip label={help} position="left">
      <ActionIcon
        size={20}
        variant="subtle"
        color="gray"
        aria-label={`${name} ${run.task}`}
        onClick={() => void act(engine, run.task)}
      >
        <Icon size={14} />
      </ActionIcon>
    </Tooltip>
  )
}
