import { NativeSelect, Switch } from '@mantine/core'
import type { JsonValue } from '#core/model/handle.ts'
import { fieldIds } from './field-frame.tsx'
import { useForm, type FieldProps } from './form.ts'
import { problemsWithin } from './problems.ts'
import { sameJson, textOf, undoName, writeOperation } from './values.ts'

/** `all_succeeded` as people read it. */
const wordsOf = (choice: JsonValue): string => textOf(choice).replaceAll('_', ' ')

const unset = ''

export const ChoiceField = ({ field, path, value, label }: FieldProps & { label?: string }) => {
  const { change, problems } = useForm()
  const ids = fieldIds(path)
  const choices = field.choices ?? []
  const chosen = value ?? field.default
  const known = choices.findIndex((choice) => sameJson(choice, chosen))
  const options = choices.map((choice, index) => ({ value: String(index), label: wordsOf(choice) }))
  const data = [
    ...(chosen === undefined ? [{ value: unset, label: field.required ? 'Choose …' : 'Not set' }] : []),
    ...(chosen !== undefined && known === -1 ? [{ value: 'other', label: textOf(chosen) }] : []),
    ...options,
    ...(chosen !== undefined && !field.required && field.default === undefined
      ? [{ value: unset, label: 'Not set' }]
      : []),
  ]
  return (
    <NativeSelect
      size="xs"
      {...(label === undefined
        ? { id: ids.control, 'aria-describedby': `${ids.help} ${ids.problems}` }
        : { 'aria-label': label })}
      error={problemsWithin(problems, path).length > 0}
      data={data}
      value={chosen === undefined ? unset : known === -1 ? 'other' : String(known)}
      onChange={(event) => {
        const choice = choices[Number(event.currentTarget.value)]
        change(
          undoName(field, path),
          writeOperation(field, path, event.currentTarget.value === unset ? undefined : choice),
        )
      }}
    />
  )
}

export const BooleanField = ({ field, path, value, label }: FieldProps & { label?: string }) => {
  const { change } = useForm()
  const ids = fieldIds(path)
  const on = (value ?? field.default ?? false) === true
  return (
    <Switch
      size="xs"
      {...(label === undefined
        ? { id: ids.control, 'aria-describedby': `${ids.help} ${ids.problems}` }
        : { 'aria-label': label })}
      checked={on}
      onChange={(event) => {
        const next = event.currentTarget.checked
        // Without a default, no is what it is when nothing is said.
        const left = field.default === undefined && !field.required && !next
        change(undoName(field, path), writeOperation(field, path, left ? undefined : next))
      }}
    />
  )
}
