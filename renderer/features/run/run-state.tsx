import { Tooltip } from '@mantine/core'
import type { FlowRun } from '#core/model/flow-run.ts'
import { isTerminal, stateType } from '#core/model/state.ts'
import { addressOf } from '#renderer/stores/navigation.ts'
import { useRun } from '#renderer/stores/run.ts'
import { useIsEdited, useRunning } from '#renderer/stores/running.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { formatAgo, formatDuration, formatMoment, formatSeconds } from '#renderer/ui/format.ts'
import { StateBadge } from '#renderer/ui/state-badge.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import classes from './run-bar.module.css'

/** How much longer it should take, going by the runs before. */
const leftInWords = (usual: number | null, gone: number): string | null => {
  if (usual === null) return null
  const left = usual - gone
  return left > 0 ? `about ${formatSeconds(left + 999)} left` : 'longer than usual'
}

const Going = ({ flowRun }: { flowRun: FlowRun }) => {
  const now = useNow(useIsConnected())
  const usual = useRunning((state) => state.history?.medianDuration ?? null)
  const gone = flowRun.startedAt === null ? 0 : Math.max(0, now - flowRun.startedAt)
  const isWhole = flowRun.selection === null && stateType(flowRun.state) === 'RUNNING'
  const left = isWhole ? leftInWords(usual, gone) : null
  return (
    <>
      <span className={classes['time']}>{formatSeconds(gone)}</span>
      {left !== null && <span className={classes['quiet']}>{left}</span>}
    </>
  )
}

/** Of a run that has ended: how long it took, and that it is not of now. */
const Past = ({ flowRun }: { flowRun: FlowRun }) => {
  const { startedAt, endedAt } = flowRun
  const isFormer = useRunning((state) => state.isFormer)
  const isEdited = useIsEdited()
  const now = useNow(isFormer)
  return (
    <>
      {startedAt !== null && endedAt !== null && (
        <span className={classes['time']}>{formatDuration(Math.max(0, endedAt - startedAt))}</span>
      )}
      {(isFormer || isEdited) && (
        <span className={classes['chip']} title={endedAt === null ? undefined : formatMoment(endedAt)}>
          {isFormer && endedAt !== null ? `last run · ${formatAgo(endedAt, now)}` : 'before your changes'}
        </span>
      )}
    </>
  )
}

/** The run that is shown: its state, its name, its time. */
export const RunState = () => {
  const flowRun = useRun((state) => state.flowRun)
  if (!flowRun) return null
  const address = addressOf({ page: 'run', flowRun: flowRun.id })
  return (
    <span className={classes['state']}>
      <span role="status" className={classes['badge']}>
        <Tooltip label={flowRun.state.message ?? ''} disabled={flowRun.state.message === null} multiline maw={360}>
          <span className={classes['badge']}>
            <StateBadge state={flowRun.state.name} />
          </span>
        </Tooltip>
      </span>
      <Tooltip label="Open the page of this run" openDelay={300}>
        <a className={classes['name']} href={address}>
          {flowRun.name}
        </a>
      </Tooltip>
      {isTerminal(flowRun.state) ? <Past flowRun={flowRun} /> : <Going flowRun={flowRun} />}
    </span>
  )
}
