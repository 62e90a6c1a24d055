import { Tooltip } from '@mantine/core'
import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import type { FlowRun } from '#core/model/flow-run.ts'
import { isTerminal, stateType } from '#core/model/state.ts'
import { addressOf, type Place } from '#renderer/stores/navigation.ts'
import { useIsConnected, useSession } from '#renderer/stores/session.ts'
import { formatAgo, formatDuration, formatMoment, formatSeconds } from '#renderer/ui/format.ts'
import { StateBadge } from '#renderer/ui/state-badge.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { useRunDetail } from './use-run-detail.ts'
import classes from './run-header.module.css'

/** The flow of a run as it ran, on the canvas; null for one that was given as text. */
const placeOf = ({ id, file, flow }: FlowRun, home: string): Place | null => {
  if (file === null) return null
  const run = { run: id }
  return file === `${home}/flows/${flow}.yaml`
    ? { page: 'flow', name: flow, ...run }
    : { page: 'file', path: file, ...run }
}

const FlowLink = ({ flowRun }: { flowRun: FlowRun }) => {
  const home = useSession((session) => session.version?.home ?? '')
  const place = placeOf(flowRun, home)
  if (place === null) return <>{flowRun.flow}</>
  return (
    <a href={addressOf(place)} title="The flow as this run ran it">
      {flowRun.flow}
    </a>
  )
}

const Times = ({ flowRun, expectedEnd }: { flowRun: FlowRun; expectedEnd: number | null }) => {
  const { createdAt, startedAt, endedAt, state } = flowRun
  const now = useNow(useIsConnected(), 1000)
  const took = startedAt === null ? null : Math.max(0, (endedAt ?? now) - startedAt)
  const left = expectedEnd === null || isTerminal(state) ? null : expectedEnd - now
  return (
    <>
      <span title={formatMoment(createdAt)}>{formatAgo(createdAt, now)}</span>
      {took !== null && <span>{isTerminal(state) ? formatDuration(took) : formatSeconds(took)}</span>}
      {left !== null && left > 0 && <span>about {formatSeconds(left + 999)} left</span>}
    </>
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const ParameterList = ({ parameters }: Pick<FlowRun, 'parameters'>) => {
  const entries = Object.entries(parameters)
  if (entries.length === 0) return null
  return (
    <ul className={classes['parameters']} aria-label="Parameters">
      {entries.map(([name, value]) => (
        <li key={name} title={`${name}: ${textOf(value)}`}>
          <span className={classes['quiet']}>{name}</span> {textOf(value)}
        </li>
      ))}
    </ul>
  )
}

const RunLink = ({ id, children }: { id: string; children: ReactNode }) => (
  <a href={addressOf({ page: 'run', flowRun: id })}>{children}</a>
)

/** What a run is: its state, flow, times, parameters, and the runs it belongs to. */
export const RunHeader = ({ flowRun, actions }: { flowRun: FlowRun; actions: ReactNode }) => {
  const { detail, parent } = useRunDetail(flowRun)
  const children = detail?.children ?? []
  const { message } = flowRun.state
  const isTelling = message !== null && message !== '' && stateType(flowRun.state) !== 'COMPLETED'
  return (
    <header className={classes['header']}>
      <div className={classes['top']}>
        <Tooltip label="All runs">
          <a className={classes['back']} href={addressOf({ page: 'runs' })} aria-label="All runs">
            <ArrowLeft size={18} aria-hidden />
          </a>
        </Tooltip>
        <h1>{flowRun.name}</h1>
        <span role="status">
          <StateBadge state={flowRun.state.name} />
        </span>
        <span className={classes['facts']}>
          <FlowLink flowRun={flowRun} />
          <Times flowRun={flowRun} expectedEnd={detail?.expectedEnd ?? null} />
          {flowRun.runCount > 1 && <span>begun {flowRun.runCount} times</span>}
          {flowRun.tags.map((tag) => (
            <span key={tag} className={classes['tag']}>
              {tag}
            </span>
          ))}
        </span>
        <span className={classes['space']} />
        {actions}
      </div>
      {isTelling && <p className={classes['message']}>{message}</p>}
      <ParameterList parameters={flowRun.parameters} />
      {(parent || children.length > 0) && (
        <p className={classes['family']}>
          {parent && (
            <span>
              Part of <RunLink id={parent.id}>{parent.name}</RunLink> ({parent.flow})
            </span>
          )}
          {children.length > 0 && (
            <span>
              Subflows:{' '}
              {children.map((child) => (
                <RunLink key={child.id} id={child.id}>
                  {child.flow} · {child.name}
                </RunLink>
              ))}
            </span>
          )}
        </p>
      )}
    </header>
  )
}
