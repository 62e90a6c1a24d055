import { Button, Popover } from '@mantine/core'
import { FileX, GitCompare } from 'lucide-react'
import { useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { FlowChange } from '#core/model/flow-change.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useFlow } from '#renderer/stores/flow.ts'
import { forgetElsewhere, writeBack } from '#renderer/stores/open-flow.ts'
import { formatClock } from '#renderer/ui/format.ts'
import { Changes } from './changes.tsx'
import classes from './former-note.module.css'

type Found = { readonly changes: readonly FlowChange[] } | { readonly message: string }

const WhatChanged = ({ before }: { before: string }) => {
  const { engine } = useWorld()
  const [found, setFound] = useState<Found | null>(null)
  const ask = async () => {
    const after = useFlow.getState().draft?.text ?? ''
    try {
      setFound({ changes: await engine.client.flows.compareTexts({ before, after }) })
    } catch (error) {
      setFound({ message: failureOfCall(error).message })
    }
  }
  return (
    <Popover
      opened={found !== null}
      onDismiss={() => setFound(null)}
      width={480}
      position="bottom"
      withinPortal
      trapFocus
    >
      <Popover.Target>
        <Button size="compact-xs" onClick={() => void ask()}>
          What changed
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="What changed" className={classes['found'] ?? ''}>
        {found !== null && 'changes' in found && (
          <Changes changes={found.changes} none="Only comments, order or places on the canvas." />
        )}
        {found !== null && 'message' in found && <p role="alert">{found.message}</p>}
      </Popover.Dropdown>
    </Popover>
  )
}

const Gone = () => {
  const { engine } = useWorld()
  return (
    <div className={classes['note']} role="status">
      <FileX size={14} aria-hidden />
      <span className={classes['words']}>
        <strong>The file of this flow is gone</strong>: deleted or renamed elsewhere. Nothing can be changed or run.
      </span>
      <Button size="compact-xs" onClick={() => void writeBack(engine)}>
        Write it back
      </Button>
    </div>
  )
}

/** Stands over the canvas when somebody else has written the file of the flow, or has taken it away. */
export const ElsewhereNote = () => {
  const gone = useFlow((state) => state.gone)
  const elsewhere = useFlow((state) => (state.former ? null : state.elsewhere))
  if (gone) return <Gone />
  if (!elsewhere) return null
  return (
    <div className={classes['note']} role="status">
      <GitCompare size={14} aria-hidden />
      <span className={classes['words']}>
        <strong>Changed elsewhere</strong> · {formatClock(elsewhere.at).slice(0, 5)}. Undo takes it back.
      </span>
      <WhatChanged key={elsewhere.at} before={elsewhere.before} />
      <Button size="compact-xs" variant="default" onClick={forgetElsewhere}>
        Dismiss
      </Button>
    </div>
  )
}
