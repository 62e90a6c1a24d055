import { Loader } from '@mantine/core'
import { useEffect, useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { TaskRun } from '#core/model/flow-run.ts'
import type { TableHandle } from '#core/model/handle.ts'
import type { ColumnProfile, Drift, ProfileAnswer } from '#core/model/table-profile.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useIsConnected } from '#renderer/stores/session.ts'
import { formatCount } from '#renderer/ui/format.ts'
import { Bars, Histogram } from './histogram.tsx'
import classes from './column-profiles.module.css'

type Asked =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly answer: ProfileAnswer }
  | { readonly state: 'failed'; readonly message: string }

const useProfile = (run: TaskRun, output: string): Asked => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const [asked, setAsked] = useState<Asked>({ state: 'asking' })
  const { flowRun, key: task } = run
  useEffect(() => {
    if (!connected) return undefined
    const left = new AbortController()
    setAsked({ state: 'asking' })
    engine.client.runs.profile({ flowRun, task, output, drift: true }, { signal: left.signal }).then(
      (answer) => setAsked({ state: 'known', answer }),
      (error: unknown) => {
        if (!left.signal.aborted) setAsked({ state: 'failed', message: failureOfCall(error).message })
      },
    )
    return () => left.abort()
  }, [connected, engine, flowRun, task, output])
  return asked
}

const percent = (part: number, whole: number): string => {
  if (whole === 0 || part === 0) return part === 0 ? '' : formatCount(part)
  const share = (part / whole) * 100
  return `${share < 0.1 ? '< 0.1' : share.toFixed(1)} %`
}

const Range = ({ column: { min, max, quantiles } }: { column: ColumnProfile }) => {
  if (min === null || max === null) return null
  return (
    <span title={quantiles ? `Half of the values lie between ${quantiles.p25} and ${quantiles.p75}` : undefined}>
      {min === max ? min : `${min} … ${max}`}
      {quantiles && <span className={classes['quiet']}> · median {quantiles.p50}</span>}
    </span>
  )
}

const Row = ({ column, rows }: { column: ColumnProfile; rows: number }) => (
  <tr>
    <th scope="row">
      <span className={classes['name']} title={column.name}>
        {column.name}
      </span>
    </th>
    <td className={classes['quiet']}>{column.type.toLowerCase()}</td>
    <td className={classes['picture']}>
      {column.histogram ? <Histogram column={column} histogram={column.histogram} /> : <Bars column={column} />}
    </td>
    <td className={classes['number']} title={`${formatCount(column.nulls)} of ${formatCount(rows)} rows`}>
      {percent(column.nulls, rows)}
    </td>
    <td className={classes['number']}>
      {column.distinct.exact ? '' : '≈ '}
      {formatCount(column.distinct.count)}
    </td>
    <td className={classes['range']}>
      <Range column={column} />
    </td>
  </tr>
)

const DriftView = ({ drift }: { drift: Drift }) => {
  if (drift.against === null) return null
  const { name, otherParameters } = drift.against
  const others = otherParameters.length === 0 ? '' : ` (with another ${otherParameters.join(', ')})`
  if (drift.findings.length === 0)
    return (
      <p className={classes['note']}>
        Nothing much differs from the run {name}
        {others}.
      </p>
    )
  return (
    <section className={classes['drift']} aria-label="What differs from the run before">
      <p>
        Against the run {name}
        {others}:
      </p>
      <ul>
        {drift.findings.map(({ message, severity }) => (
          <li key={message} data-severity={severity}>
            {message}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** While the figures are not known, at least what the columns are. */
const Schema = ({ table }: { table: TableHandle }) => (
  <tbody>
    {table.columns.map(({ name, type }) => (
      <tr key={name}>
        <th scope="row">
          <span className={classes['name']}>{name}</span>
        </th>
        <td className={classes['quiet']}>{type.toLowerCase()}</td>
        <td colSpan={4}>…</td>
      </tr>
    ))}
  </tbody>
)

type Props = { readonly run: TaskRun; readonly output: string; readonly table: TableHandle }

/** Every column with its type and, once the engine has looked at all rows, what is in it. */
export const ColumnProfiles = ({ run, output, table }: Props) => {
  const asked = useProfile(run, output)
  const profile = asked.state === 'known' ? asked.answer.profile : null
  return (
    <div className={classes['scroll']}>
      {asked.state === 'asking' && (
        <p className={classes['note']} role="status">
          <Loader size={12} /> Looking at every row …
        </p>
      )}
      {asked.state === 'failed' && <p role="alert">{asked.message}</p>}
      {asked.state === 'known' && asked.answer.changedSources.length > 0 && (
        <p className={classes['note']}>
          Files that it reads were changed after the run, so these figures may tell of other rows.
        </p>
      )}
      {asked.state === 'known' && asked.answer.drift && <DriftView drift={asked.answer.drift} />}
      <table className={classes['columns']}>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">Values</th>
            <th scope="col" className={classes['number']}>
              Null
            </th>
            <th scope="col" className={classes['number']}>
              Different
            </th>
            <th scope="col">From … to</th>
          </tr>
        </thead>
        {profile ? (
          <tbody>
            {profile.columns.map((column) => (
              <Row key={column.name} column={column} rows={profile.rows} />
            ))}
          </tbody>
        ) : (
          <Schema table={table} />
        )}
      </table>
      {profile && profile.omitted.length > 0 && (
        <p className={classes['note']}>{formatCount(profile.omitted.length)} more columns were not looked at.</p>
      )}
    </div>
  )
}
