import { ActionIcon, Button } from '@mantine/core'
import { ArrowUp, Plus, X } from 'lucide-react'
import classes from './forms.module.css'

/** Moves a row up, or takes it away. */
export const RowButtons = (props: { name: string; up?: (() => void) | null; remove: () => void }) => (
  <span className={classes['actions']}>
    {props.up !== undefined && (
      <ActionIcon
        size={22}
        variant="subtle"
        color="gray"
        aria-label={`Move ${props.name} up`}
        disabled={props.up === null}
        onClick={() => props.up?.()}
      >
        <ArrowUp size={14} aria-hidden />
      </ActionIcon>
    )}
    <ActionIcon size={22} variant="subtle" color="gray" aria-label={`Remove ${props.name}`} onClick={props.remove}>
      <X size={14} aria-hidden />
    </ActionIcon>
  </span>
)

export const AddButton = ({ label, click }: { label: string; click: () => void }) => (
  <Button
    className={classes['add'] ?? ''}
    size="compact-xs"
    variant="subtle"
    leftSection={<Plus size={14} aria-hidden />}
    onClick={click}
  >
    {label}
  </Button>
)
