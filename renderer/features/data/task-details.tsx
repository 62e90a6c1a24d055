import { useEffect, useState, type ReactNode } from 'react'
import type { CacheDecision, TaskRun } from '#core/model/flow-run.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { State } from '#core/model/state.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { addressOf } from '#renderer/stores/navigation.ts'
import { stateInWords } from '#renderer/stores/run-words.ts'
import { useRun } from '#renderer/stores/run.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { useTimeline } from '#renderer/stores/timeline.ts'
import { formatClock, formatDuration, formatMoment } from '#renderer/ui/format.ts'
import { JsonTree } from '#renderer/ui/json-tree.tsx'
import { StateBadge } from '#renderer/ui/state-badge.tsx'
import classes from './task-details.module.css'

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className={classes['section']} aria-label={title}>
    <h3>{title}</h3>
    {children}
  </section>
)

const isEmpty = (value: JsonValue): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0)

const Data = ({ value, empty }: { value: JsonValue; empty: string }) =>
  isEmpty(value) ? <p className={classes['quiet']}>{empty}</p> : <JsonTree value={value} />

const HistoryRow = ({ state, next }: { state: State; next: State | undefined }) => (
  <tr>
    <td className={classes['time']} title={formatMoment(state.at)}>
      {formatClock(state.at)}
    </td>
    <td>
      <StateBadge state={state.name} />
    </td>
    <td className={classes['quiet']}>{next && next.at > state.at ? formatDuration(next.at - state.at) : ''}</td>
    <td className={classes['message']}>{state.message}</td>
  </tr>
)

const History = ({ run }: { run: TaskRun }) => {
  const states = useTimeline()?.taskRuns.find(({ taskRun }) => taskRun === run.key)?.states ?? []
  if (states.length === 0) return <p className={classes['quiet']}>It has not begun.</p>
  return (
    <table className={classes['history']}>
      <tbody>
        {states.map((state, index) => (
          <HistoryRow key={`${state.at}${state.name}`} state={state} next={states[index + 1]} />
        ))}
      </tbody>
    </table>
  )
}

const outcomes: Readonly<Record<CacheDecision['outcome'], string>> = {
  hit: 'Used: an equal run had its result.',
  miss: 'Not used: no run with this key is kept.',
  expired: 'Not used: the kept result is too old.',
  'result-missing': 'Not used: the kept result is gone.',
  refused: 'Not used: this task changes something outside.',
}

const Cache = ({ cache }: { cache: CacheDecision }) => (
  <>
    <p>
      {outcomes[cache.outcome]} {cache.from && <RunLink flowRun={cache.from.flowRun} />}
    </p>
    <dl className={classes['parts']}>
      <dt>key</dt>
      <dd>{cache.key}</dd>
      {Object.entries(cache.parts).map(([name, part]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{part}</dd>
        </div>
      ))}
    </dl>
  </>
)

/** A flow run by its name. */
const RunLink = ({ flowRun }: { flowRun: string }) => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const [name, setName] = useState<string | null>(null)
  useEffect(() => {
    if (!connected) return
    engine.client.runs.inspect({ flowRun }).then(
      (detail) => setName(detail.flowRun.name),
      () => undefined,
    )
  }, [connected, engine, flowRun])
  return <a href={addressOf({ page: 'run', flowRun })}>{name ?? 'The run it is from'}</a>
}

/** Why a task run is as it is: in words, its states, its settings as they were worked out, and its cache key. */
export const TaskDetails = ({ run }: { run: TaskRun }) => {
  const parameters = useRun((state) => state.flowRun?.parameters ?? null)
  const waiting = useWaitingReason(run)
  return (
    <div className={classes['details']}>
      <div>
        <Section title="Why">
          <p className={classes['words']}>{stateInWords(run, waiting)}</p>
        </Section>
        <Section title="States">
          <History run={run} />
        </Section>
      </div>
      <div>
        <Section title="Settings it ran with">
          <Data value={run.settings} empty="None were worked out." />
        </Section>
        <Section title="Parameters of the run">
          <Data value={parameters} empty="The flow has no parameters." />
        </Section>
        <Section title="Cache">
          {run.cache ? <Cache cache={run.cache} /> : <p className={classes['quiet']}>Not asked for.</p>}
        </Section>
      </div>
    </div>
  )
}

const useWaitingReason = ({ flowRun, key, state }: TaskRun): string | null => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const taskRuns = useRun((run) => run.taskRuns)
  const [reason, setReason] = useState<string | null>(null)
  const waits = state.name === 'Pending'
  useEffect(() => {
    if (!waits || !connected) return undefined
    let left = false
    engine.client.runs.waiting({ flowRun, taskRun: key }).then(
      (answer) => !left && setReason(answer.reason),
      () => undefined,
    )
    return () => {
      left = true
    }
  }, [connected, engine, flowRun, key, waits, taskRuns])
  return waits ? reason : null
}
