import type { ReactNode } from 'react'
import { completeExpression, completeText, type Suggestions } from './completion.ts'
import { fieldIds } from './field-frame.tsx'
import { useForm, type FieldProps } from './form.ts'
import { problemsWithin } from './problems.ts'
import { SuggestInput } from './suggest-input.tsx'
import {
  emptyIsValue,
  hasBraces,
  holdsExpression,
  parseLoose,
  parseNumber,
  pathText,
  textOf,
  undoName,
  writeOperation,
} from './values.ts'
import type { JsonValue } from '#core/model/handle.ts'

/** How the text of a field is read back: as a number where the field takes numbers, as JSON where it takes anything. */
export const readText = ({ field }: Pick<FieldProps, 'field'>, text: string): JsonValue | undefined => {
  if (text.trim() === '' && field.name !== '' && !emptyIsValue(field)) return undefined
  if (hasBraces(text)) return text
  switch (field.widget) {
    case 'number':
      return parseNumber(text) ?? text
    case 'json':
      return parseLoose(text)
    case 'duration':
    case 'bytes':
      return text.trim()
    default:
      return text
  }
}

/** Of a value that may be any JSON, a text that would be read as something else is shown as JSON. */
const shownText = ({ field, value }: Pick<FieldProps, 'field' | 'value'>): string =>
  field.widget === 'json' && typeof value === 'string' && !holdsExpression(value) && parseLoose(value) !== value
    ? JSON.stringify(value)
    : textOf(value)

/** Names for expressions, and columns where the field takes one. */
export const useSuggest = (columnsOf: string | undefined) => {
  const form = useForm()
  const columns = columnsOf === undefined ? [] : form.columnsOf(columnsOf)
  const names = form.expressions?.names ?? []
  if (columns.length === 0 && names.length === 0) return undefined
  return (text: string, cursor: number): Suggestions | null =>
    completeExpression(text, cursor, names) ?? (hasBraces(text) ? null : completeText(text, columns))
}

/** A field whose value is written as text: words, numbers, durations, sizes, JSON, or an expression. */
export const TextField = (props: FieldProps & { label?: string; autoFocus?: boolean; aside?: ReactNode }) => {
  const { field, path, value, label, autoFocus = false } = props
  const { change, problems } = useForm()
  const ids = fieldIds(path)
  const suggest = useSuggest(field.columnsOf)
  const item = field.name === ''
  const commit = (text: string) => {
    if (item && text.trim() === '') change('Remove an item', { kind: 'remove', path, prune: true })
    else change(undoName(field, path), writeOperation(field, path, readText(props, text)))
  }
  const fallback = field.default === undefined ? undefined : textOf(field.default)
  const invalid = problemsWithin(problems, path).some(({ severity }) => severity === 'error')
  return (
    <SuggestInput
      key={pathText(path)}
      {...(label === undefined ? { id: ids.control, describedBy: `${ids.help} ${ids.problems}` } : { label })}
      value={shownText(props)}
      commit={commit}
      {...(suggest && { suggest })}
      placeholder={fallback || field.placeholder}
      multiline={field.widget === 'multiline'}
      mono={['json', 'path', 'url', 'sql', 'shell', 'code'].includes(field.widget) || holdsExpression(value)}
      holdEmpty={item}
      invalid={invalid}
      autoFocus={autoFocus}
      aside={props.aside}
    />
  )
}
