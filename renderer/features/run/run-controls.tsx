import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { Pause, RotateCw, Square } from 'lucide-react'
import { isTerminal, stateType } from '#core/model/state.ts'
import { runCommand } from '#renderer/stores/commands.ts'
import { useRun } from '#renderer/stores/run.ts'
import { useIsEdited, useRunning } from '#renderer/stores/running.ts'

const PauseButton = () => {
  const busy = useRunning((state) => state.asked === 'pause')
  return (
    <Tooltip label="Let running tasks finish, start nothing more">
      <ActionIcon variant="default" size={30} aria-label="Pause" loading={busy} onClick={() => runCommand('run.pause')}>
        <Pause size={14} />
      </ActionIcon>
    </Tooltip>
  )
}

const ResumeButton = () => {
  const busy = useRunning((state) => state.asked === 'resume')
  const isEdited = useIsEdited()
  const isPaused = useRun((state) => state.flowRun?.state.name === 'Paused')
  const label = isPaused
    ? 'Start what waits'
    : isEdited
      ? 'Run what was left undone or has changed'
      : 'Go on with what did not complete'
  return (
    <Tooltip label={label}>
      <Button
        variant="default"
        size="xs"
        leftSection={<RotateCw size={14} />}
        loading={busy}
        onClick={() => runCommand('run.resume')}
      >
        Resume
      </Button>
    </Tooltip>
  )
}

const CancelButton = () => {
  const busy = useRunning((state) => state.asked === 'cancel')
  const isCancelling = useRun((state) => state.flowRun?.state.name === 'Cancelling')
  return (
    <Tooltip label={isCancelling ? 'Stop also what runs always' : 'Stop what runs, start nothing more'}>
      <Button
        variant="default"
        size="xs"
        leftSection={<Square size={12} />}
        loading={busy}
        onClick={() => runCommand('run.cancel')}
      >
        {isCancelling ? 'Stop now' : 'Cancel'}
      </Button>
    </Tooltip>
  )
}

/** What can be done with the run that is shown. */
export const RunControls = () => {
  const going = useRun((state) => state.flowRun !== null && !isTerminal(state.flowRun.state))
  const type = useRun((state) => (state.flowRun ? stateType(state.flowRun.state) : null))
  const canResume = type === 'PAUSED' || type === 'FAILED' || type === 'CRASHED' || type === 'CANCELLED'
  return (
    <>
      {canResume && <ResumeButton />}
      {going && type !== 'PAUSED' && type !== 'CANCELLING' && <PauseButton />}
      {going && <CancelButton />}
    </>
  )
}
