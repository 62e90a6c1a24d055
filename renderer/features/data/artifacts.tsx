import { useEffect, useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { Artifact, ArtifactSummary } from '#core/model/artifact.ts'
import type { TaskRun } from '#core/model/flow-run.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useIsConnected } from '#renderer/stores/session.ts'
import { cellText } from '#renderer/ui/data-grid.tsx'
import { formatCount } from '#renderer/ui/format.ts'
import { Markdown } from '#renderer/ui/markdown.tsx'
import classes from './artifacts.module.css'

const none: readonly ArtifactSummary[] = []

/** What a task run left for people to read. */
export const useArtifacts = ({ flowRun, key, state }: TaskRun): readonly ArtifactSummary[] => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const [found, setFound] = useState(none)
  useEffect(() => {
    if (!connected) return undefined
    let left = false
    engine.client.runs.artifacts({ flowRun }).then(
      (all) => !left && setFound(all.filter(({ taskRun }) => taskRun === key)),
      () => undefined,
    )
    return () => {
      left = true
    }
  }, [connected, engine, flowRun, key, state])
  return found
}

const Content = ({ artifact }: { artifact: Artifact }) => {
  const { host } = useWorld()
  switch (artifact.kind) {
    case 'table':
      return <Table artifact={artifact} />
    case 'markdown':
      return <Markdown text={artifact.text} openLink={host.openLink} />
    case 'link':
      return (
        <button
          type="button"
          className={classes['link']}
          title={artifact.url}
          onClick={() => host.openLink(artifact.url)}
        >
          {artifact.text || artifact.url}
        </button>
      )
    default:
      return artifact satisfies never
  }
}

const Table = ({ artifact: { columns, rows, total } }: { artifact: Extract<Artifact, { kind: 'table' }> }) => (
  <>
    <div className={classes['wide']}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th key={name} scope="col" title={type.toLowerCase()}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map(({ name }, place) => (
                <td key={name} data-null={row[place] === null || undefined}>
                  {row[place] === null ? 'null' : cellText(row[place])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    {total > rows.length && (
      <p className={classes['quiet']}>
        The first {formatCount(rows.length)} of {formatCount(total)} rows.
      </p>
    )}
  </>
)

const ArtifactView = ({ summary }: { summary: ArtifactSummary }) => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const [artifact, setArtifact] = useState<Artifact | null>(null)
  const [message, setMessage] = useState<string | null>(null)
  const { flowRun, id } = summary
  useEffect(() => {
    if (!connected) return undefined
    setMessage(null)
    let left = false
    engine.client.runs.artifact({ flowRun, id }).then(
      (found) => !left && setArtifact(found),
      (error: unknown) => !left && setMessage(failureOfCall(error).message),
    )
    return () => {
      left = true
    }
  }, [connected, engine, flowRun, id])
  return (
    <section className={classes['artifact']} aria-label={summary.title}>
      <h3>{summary.title}</h3>
      {artifact && <Content artifact={artifact} />}
      {message !== null && <p role="alert">{message}</p>}
    </section>
  )
}

export const ArtifactList = ({ artifacts }: { artifacts: readonly ArtifactSummary[] }) => (
  <div className={classes['list']}>
    {artifacts.map((summary) => (
      <ArtifactView key={summary.id} summary={summary} />
    ))}
  </div>
)
