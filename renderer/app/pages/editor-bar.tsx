import { ActionIcon, Tooltip } from '@mantine/core'
import { Redo2, Undo2 } from 'lucide-react'
import { RunBar } from '#renderer/features/run/run-bar.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { redo, undo, useFlow } from '#renderer/stores/flow.ts'
import { formatClock } from '#renderer/ui/format.ts'
import classes from './editor-bar.module.css'

const Saved = () => {
  const savedAt = useFlow((state) => state.draft?.savedAt ?? 0)
  const saving = useFlow((state) => state.saving > 0)
  return <span className={classes['saved']}>{saving ? 'Saving …' : `Saved · ${formatClock(savedAt).slice(0, 5)}`}</span>
}

export const EditorBar = () => {
  const { engine } = useWorld()
  const name = useFlow((state) => state.outline.name)
  const lastUndo = useFlow((state) => state.undo.at(-1)?.label)
  const lastRedo = useFlow((state) => state.redo.at(-1)?.label)
  return (
    <header className={classes['bar']}>
      <h1 className={classes['name']}>{name}</h1>
      <Saved />
      <span className={classes['space']} />
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
