import { ActionIcon, Button, Menu, NativeSelect, Tooltip } from '@mantine/core'
import { History, Play, Square, TerminalSquare } from 'lucide-react'
import type { EditorView } from '@codemirror/view'
import { useEffect, useState, type KeyboardEvent } from 'react'
import { LazyCodeEditor } from '#renderer/forms/lazy-code-editor.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { offerCommands, runCommand, showKeys } from '#renderer/stores/commands.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { formatAgo, formatCount, formatSeconds } from '#renderer/ui/format.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { AnswerView, answerInWords } from './answer-view.tsx'
import {
  closeConsole, openConsole, redoSql, runQuery, setLimit, stopQuery, undoSql, useConsole, writeSql,
} from './console-store.ts' // prettier-ignore
import classes from './query-console.module.css'

const limits = [100, 500, 2_000, 10_000]

const nothingKnown = { names: [], columns: [] }

const useConsoleCommands = (view: EditorView | null): void => {
  const { engine } = useWorld()
  useEffect(() => {
    const run = async () => {
      if (view) (await import('#renderer/forms/code-completion.ts')).closeHints(view)
      await runQuery(engine)
    }
    return offerCommands([
      { id: 'console.run', title: 'Run the SQL', group: 'Run', run },
      { id: 'edit.undo', title: 'Undo', group: 'Edit', keys: ['Mod+Z'], run: undoSql },
      { id: 'edit.redo', title: 'Redo', group: 'Edit', keys: ['Mod+Shift+Z', 'Mod+Y'], run: redoSql },
    ])
  }, [engine, view])
}

/** The page around has a use of its own for this key. */
const runOnEnter = (event: KeyboardEvent): void => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  runCommand('console.run')
}

const Asked = () => {
  const asked = useConsole((state) => state.history.asked)
  const now = useNow(true, 10_000)
  return (
    <Menu position="bottom-end" width={420}>
      <Menu.Target>
        <Tooltip label="What was asked before">
          <ActionIcon variant="subtle" color="gray" aria-label="History" disabled={asked.length === 0}>
            <History size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown className={classes['asked'] ?? ''}>
        {asked.map(({ sql, at }) => (
          <Menu.Item key={sql} onClick={() => writeSql(sql)} rightSection={<small>{formatAgo(at, now)}</small>}>
            <code className={classes['sql']}>{sql}</code>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const Status = () => {
  const asking = useConsole((state) => state.asking)
  const limit = useConsole((state) => state.limit)
  const now = useNow(asking.state === 'asked')
  const text = () => {
    switch (asking.state) {
      case 'asked':
        return asking.waiting ?? `Running for ${formatSeconds(Math.max(0, now - asking.since))}`
      case 'answered':
        return answerInWords(asking.answer, limit)
      case 'stopped':
        return 'Stopped. What was not committed was taken back.'
      case 'failed':
      case 'idle':
        return ''
      default:
        return asking satisfies never
    }
  }
  return (
    <span className={classes['status']} role="status" title={text()}>
      {text()}
    </span>
  )
}

const Bar = () => {
  const going = useConsole((state) => state.asking.state === 'asked')
  const limit = useConsole((state) => state.limit)
  return (
    <div className={classes['bar']}>
      {going ? (
        <Button size="compact-sm" variant="default" leftSection={<Square size={12} />} onClick={stopQuery}>
          Stop
        </Button>
      ) : (
        <Tooltip label={showKeys('Mod+Enter')}>
          <Button size="compact-sm" leftSection={<Play size={12} />} onClick={() => runCommand('console.run')}>
            Run
          </Button>
        </Tooltip>
      )}
      <Status />
      <NativeSelect
        size="xs"
        aria-label="Rows at most"
        data={limits.map((rows) => ({ value: String(rows), label: `${formatCount(rows)} rows` }))}
        value={String(limit)}
        onChange={({ currentTarget }) => setLimit(Number(currentTarget.value))}
      />
      <Asked />
    </div>
  )
}

const Shown = () => {
  const asking = useConsole((state) => state.asking)
  switch (asking.state) {
    case 'answered':
      return <AnswerView answer={asking.answer} />
    case 'failed':
      return (
        <p role="alert" className={classes['failure']}>
          {asking.failure.message}
        </p>
      )
    case 'asked':
    case 'stopped':
      return null
    case 'idle':
      return (
        <EmptyState
          icon={TerminalSquare}
          title="Ask the database"
          text="One SELECT gives its first rows. Other statements, such as drop table, are run as one transaction."
        />
      )
    default:
      return asking satisfies never
  }
}

/** SQL on a database block: what is asked, what was asked, and the rows that came. `block` is its reference. */
export const QueryConsole = ({ block }: { block: string }) => {
  useEffect(() => {
    openConsole(block)
    return closeConsole
  }, [block])
  const [view, setView] = useState<EditorView | null>(null)
  useConsoleCommands(view)
  const text = useConsole((state) => state.history.text)
  const ready = useConsole((state) => state.block === block)
  if (!ready) return null
  return (
    <section className={classes['console']} aria-label="Query console" onKeyDown={runOnEnter}>
      <div className={classes['editor']}>
        <LazyCodeEditor
          value={text}
          commit={writeSql}
          language="sql"
          label="SQL"
          placeholder="select count(*) from rides"
          known={nothingKnown}
          expressions={false}
          lineNumbers
          search
          ready={setView}
        />
      </div>
      <Bar />
      <div className={classes['answer']}>
        <Shown />
      </div>
    </section>
  )
}
