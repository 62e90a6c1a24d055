import { useState, type ReactNode } from 'react'
import type { Widget } from '#core/model/field-description.ts'
import { BlockField } from './block-field.tsx'
import { BooleanField, ChoiceField } from './choice-fields.tsx'
import { CodeField } from './code-field.tsx'
import type { ControlProps } from './controls.ts'
import { ExpressionLine } from './expression-result.tsx'
import { FieldFrame, type ExpressionToggle } from './field-frame.tsx'
import { useForm, type FieldProps } from './form.ts'
import { ListField } from './list-field.tsx'
import { MapField } from './map-field.tsx'
import { ObjectField } from './object-field.tsx'
import { PathField } from './path-field.tsx'
import { SecretsField } from './secrets-field.tsx'
import { TextField } from './text-field.tsx'
import { holdsExpression, isList, undoName } from './values.ts'
import classes from './forms.module.css'

/** Their text may hold expressions as it is, or, as code, never does. */
const textual: ReadonlySet<Widget> = new Set([
  'text', 'multiline', 'path', 'url', 'duration', 'bytes', 'sql', 'shell', 'code', 'json',
]) // prettier-ignore

/** The control is one element that a label can name. */
const single: ReadonlySet<Widget> = new Set([
  'text', 'multiline', 'path', 'url', 'duration', 'bytes', 'json', 'number', 'boolean', 'choice', 'block',
]) // prettier-ignore

/** The control for a value, without its title; `label` names it where no title does. */
export const Control = (props: ControlProps): ReactNode => {
  const { field, value } = props
  switch (field.widget) {
    case 'boolean':
      return <BooleanField {...props} />
    case 'choice':
      return <ChoiceField {...props} />
    case 'sql':
    case 'shell':
    case 'code':
      return <CodeField {...props} />
    case 'block':
      return <BlockField {...props} />
    case 'secrets':
      return <SecretsField {...props} />
    case 'list':
    case 'columns':
      return <ListField {...props} />
    case 'map':
      if (isList(value)) return <ListField {...props} />
      return field.fields && !field.item ? <ObjectField {...props} /> : <MapField {...props} />
    case 'path':
      return <PathField {...props} />
    case 'text':
    case 'multiline':
    case 'url':
    case 'duration':
    case 'bytes':
    case 'number':
    case 'json':
      return <TextField {...props} />
    default:
      return field.widget satisfies never
  }
}

/** Whether the field is written as an expression now; held here until there is one. */
const useExpressionToggle = ({ field, path, value }: FieldProps): ExpressionToggle => {
  const { change, expressions } = useForm()
  const [wanted, setWanted] = useState(false)
  if (textual.has(field.widget) || !expressions?.fits(path)) return null
  // The picker offers parameters as it offers blocks.
  const picked = field.widget === 'block' && typeof value === 'string' && /^\{\{\s*[\w-]+\s*\}\}$/.test(value)
  const written = holdsExpression(value) && !picked
  return {
    on: written || wanted,
    toggle: () => {
      if (written) change(undoName(field, path), { kind: 'remove', path, prune: true })
      setWanted(!written && !wanted)
    },
  }
}

/** A field with its title, its control, and what is known about its value. */
export const Field = (props: FieldProps) => {
  const { field, path, value } = props
  const toggle = useExpressionToggle(props)
  const asText = toggle?.on ?? false
  const evaluated = holdsExpression(value) && field.widget !== 'code'
  return (
    <FieldFrame
      {...props}
      toggle={toggle}
      single={asText || single.has(field.widget)}
      below={evaluated && <ExpressionLine path={path} text={value} />}
    >
      {asText ? (
        <TextField {...props} field={{ ...field, widget: 'text', placeholder: '{{ name }}' }} />
      ) : (
        <Control {...props} />
      )}
    </FieldFrame>
  )
}

/** Fields one under the other. */
export const Fields = ({ children }: { children: ReactNode }) => <div className={classes['fields']}>{children}</div>
