import { Minus, Pencil, Plus } from 'lucide-react'
import type { FlowChange } from '#core/model/flow-change.ts'
import type { JsonValue } from '#core/model/handle.ts'
import classes from './versions-tab.module.css'

const icons = { added: Plus, removed: Minus, changed: Pencil } as const

const sections: Readonly<Record<string, string>> = { tasks: 'Task', parameters: 'Parameter', variables: 'Variable' }

/** `Task clean`, `Task clean: where`, `description`. */
const placeOf = (path: readonly string[]): string => {
  const [section = '', name, ...rest] = path
  const word = sections[section]
  if (word === undefined || name === undefined) return path.join('.')
  const field = (rest[0] === 'with' && rest.length > 1 ? rest.slice(1) : rest).join('.')
  return field === '' ? `${word} ${name}` : `${word} ${name}: ${field}`
}

const written = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value))

const typeOf = (value: JsonValue): string | null => {
  const found = typeof value === 'object' && value !== null && 'type' in value ? value['type'] : null
  return typeof found === 'string' ? found : null
}

const Values = ({ kind, before, after, path }: FlowChange) => {
  const whole = path.length === 2 ? typeOf(kind === 'removed' ? before : after) : null
  if (whole !== null) return <span className={classes['type']}>{whole}</span>
  return (
    <span className={classes['values']}>
      {kind !== 'added' && <del>{written(before)}</del>}
      {kind !== 'removed' && <ins>{written(after)}</ins>}
    </span>
  )
}

/** What differs, one line for each field. */
export const Changes = ({ changes, none }: { changes: readonly FlowChange[]; none: string }) => {
  if (changes.length === 0) return <p className={classes['none']}>{none}</p>
  return (
    <ul className={classes['changes']} aria-label="Changes" tabIndex={0}>
      {changes.map((change) => {
        const Icon = icons[change.kind]
        return (
          <li key={change.path.join('\n')} data-kind={change.kind}>
            <Icon size={12} aria-label={change.kind} />
            <span className={classes['place']}>{placeOf(change.path)}</span>
            <Values {...change} />
          </li>
        )
      })}
    </ul>
  )
}
