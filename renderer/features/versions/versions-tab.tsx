import { Button } from '@mantine/core'
import { Eye, History, Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { FlowChange } from '#core/model/flow-change.ts'
import type { SavedVersion } from '#core/model/flow-draft.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { lookBack, useFlow } from '#renderer/stores/flow.ts'
import {
  chooseVersion,
  leaveVersions,
  loadVersions,
  restoreVersion,
  showVersion,
  useVersions,
} from '#renderer/stores/versions.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { formatAgo, formatMoment } from '#renderer/ui/format.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { Changes } from './changes.tsx'
import classes from './versions-tab.module.css'

const List = ({ name, versions }: { name: string; versions: readonly SavedVersion[] }) => {
  const { engine } = useWorld()
  const chosen = useVersions((state) => state.chosen)
  const now = useNow(true, 10_000)
  return (
    <ul className={classes['list']} aria-label="Saved versions">
      {versions.map(({ version, document, savedAt }) => (
        <li key={version}>
          <button
            type="button"
            aria-pressed={document === chosen}
            onClick={() => void chooseVersion(engine, name, document)}
          >
            <strong>Version {version}</strong>
            <span title={formatMoment(savedAt)}>{formatAgo(savedAt, now)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

const views = { made: 'Changes', since: 'Since then', text: 'YAML' } as const
type View = keyof typeof views

const nothingSaid: Readonly<Record<Exclude<View, 'text'>, string>> = {
  made: 'Only comments, order or places on the canvas.',
  since: 'Nothing, or only comments, order or places on the canvas.',
}

const Shown = ({ name, version }: { name: string; version: SavedVersion }) => {
  const { engine } = useWorld()
  const [view, setView] = useState<View>('made')
  const text = useVersions((state) => state.text)
  const changes: readonly FlowChange[] | null = useVersions((state) => (view === 'text' ? null : state[view]))
  const isNow = useFlow((state) => state.draft?.text === text)
  const isShown = useFlow((state) => state.former?.document === version.document)
  return (
    <div className={classes['shown']}>
      <div className={classes['bar']}>
        {Object.entries(views).map(([key, title]) => (
          <Button
            key={key}
            size="compact-xs"
            variant={view === key ? 'light' : 'subtle'}
            color={view === key ? 'accent' : 'gray'}
            aria-pressed={view === key}
            onClick={() => setView(key as View)}
          >
            {title}
          </Button>
        ))}
        <span className={classes['space']} />
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<Eye size={12} />}
          aria-pressed={isShown}
          onClick={() => (isShown ? lookBack(null) : void showVersion(engine, version))}
        >
          {isShown ? 'Back to now' : 'Show on the canvas'}
        </Button>
        <Button
          size="compact-xs"
          leftSection={<Undo2 size={12} />}
          disabled={isNow}
          onClick={() => void restoreVersion(engine, name, version)}
        >
          {isNow ? 'As it is now' : 'Restore'}
        </Button>
      </div>
      {view === 'text' ? (
        <pre className={classes['text']} tabIndex={0} aria-label={`The YAML of version ${version.version}`}>
          {text}
        </pre>
      ) : (
        changes && <Changes changes={changes} none={nothingSaid[view]} />
      )}
    </div>
  )
}

/** The flow as it once was: what each version changed, and the way back. */
export const VersionsTab = () => {
  const { engine } = useWorld()
  const connected = useIsConnected()
  const name = useFlow((state) => state.draft?.library ?? null)
  const versions = useVersions((state) => state.versions)
  const chosen = useVersions((state) => state.chosen)
  const failure = useVersions((state) => state.failure)
  useEffect(() => {
    if (name !== null && connected) void loadVersions(engine, name)
  }, [connected, engine, name])
  useEffect(() => leaveVersions, [name])
  const newest = versions?.[0]
  useEffect(() => {
    if (name !== null && newest && chosen === null) void chooseVersion(engine, name, newest.document)
  }, [chosen, engine, name, newest])
  if (name === null || versions?.length === 0)
    return (
      <EmptyState
        icon={History}
        title="No versions yet"
        text={
          name === null
            ? 'Versions are kept of the flows of the library. This one lies in a file elsewhere.'
            : 'A version is kept each time the flow is run, and when you leave it after changes.'
        }
      />
    )
  const version = versions?.find(({ document }) => document === chosen)
  return (
    <div className={classes['tab']}>
      {failure && (
        <p role="alert" className={classes['failure']}>
          {failure.message}
        </p>
      )}
      {versions && <List name={name} versions={versions} />}
      {version && <Shown key={version.version} name={name} version={version} />}
    </div>
  )
}
