import { ActionIcon, Kbd, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { CloudOff, Redo2, Search, Undo2 } from 'lucide-react'
import { RunBar } from '#renderer/features/run/run-bar.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { runCommand, showKeys } from '#renderer/stores/commands.ts'
import { redo, undo, useFlow } from '#renderer/stores/flow.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { formatClock } from '#renderer/ui/format.ts'
import { FlowMenu } from './flow-menu.tsx'
import classes from './editor-bar.module.css'

const Saved = () => {
  const connected = useIsConnected()
  const savedAt = useFlow((state) => state.draft?.savedAt ?? 0)
  const saving = useFlow((state) => state.saving > 0)
  if (saving && !connected)
    return (
      <span className={classes['waiting']} role="status" title="The changes are made once the engine is back.">
        <CloudOff size={14} aria-hidden /> Not saved
      </span>
    )
  return <span className={classes['saved']}>{saving ? 'Saving …' : `Saved · ${formatClock(savedAt).slice(0, 5)}`}</span>
}

const CommandsButton = () => (
  <Tooltip label={`Commands (${showKeys('Mod+K')})`}>
    <UnstyledButton className={classes['commands'] ?? ''} onClick={() => runCommand('app.commands')}>
      <Search size={14} aria-hidden />
      <VisuallyHidden>Commands </VisuallyHidden>
      <Kbd size="xs">{showKeys('Mod+K')}</Kbd>
    </UnstyledButton>
  </Tooltip>
)

export const EditorBar = () => {
  const { engine } = useWorld()
  const lastUndo = useFlow((state) => state.undo.at(-1)?.label)
  const lastRedo = useFlow((state) => state.redo.at(-1)?.label)
  return (
    <header className={classes['bar']}>
      <FlowMenu />
      <Saved />
      <span className={classes['space']} />
      <CommandsButton />
      <Tooltip label={lastUndo ? `Undo ${lastUndo.toLowerCase()}` : 'Nothing to undo'}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Undo"
          disabled={!lastUndo}
          onClick={() => void undo(engine)}
        >
          <Undo2 size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={lastRedo ? `Redo ${lastRedo.toLowerCase()}` : 'Nothing to redo'}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Redo"
          disabled={!lastRedo}
          onClick={() => void redo(engine)}
        >
          <Redo2 size={18} />
        </ActionIcon>
      </Tooltip>
      <RunBar />
    </header>
  )
}
