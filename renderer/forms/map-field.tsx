import { useState } from 'react'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { completeText } from './completion.ts'
import { useControls } from './controls.ts'
import { ProblemLines } from './field-frame.tsx'
import { useForm, type FieldProps } from './form.ts'
import { problemsAt } from './problems.ts'
import { AddButton, RowButtons } from './row-buttons.tsx'
import { SuggestInput } from './suggest-input.tsx'
import { readText } from './text-field.tsx'
import { isMap, pathText } from './values.ts'
import { firstValue } from './variants.ts'
import classes from './forms.module.css'

const anything: FieldDescription = { widget: 'json', title: '', name: '', required: false, schema: {} }

const useColumnNames = ({ columnsOf }: FieldDescription) => {
  const form = useForm()
  const columns = columnsOf === undefined ? [] : form.columnsOf(columnsOf)
  return columns.length === 0 ? {} : { suggest: (text: string) => completeText(text, columns) }
}

/** A name that is not in the map yet, and its value: written once both are there. */
const NewEntry = (props: {
  field: FieldDescription
  item: FieldDescription
  taken: (name: string) => boolean
  add: (name: string, value: JsonValue) => void
  close: () => void
}) => {
  const { field, item, taken, add, close } = props
  const [name, setName] = useState('')
  const first = firstValue(item)
  const columns = useColumnNames(field)
  const clash = taken(name)
  return (
    <li>
      <div className={classes['row']}>
        <div className={classes['pair']}>
          <SuggestInput
            label={`New name in ${field.title.toLowerCase()}`}
            value={name}
            placeholder="Name"
            commit={(text) => {
              setName(text.trim())
              if (first !== null && text.trim() !== '' && !taken(text.trim())) add(text.trim(), first)
            }}
            {...columns}
            mono
            autoFocus
          />
          {first === null && (
            <SuggestInput
              label={`Value of ${name || 'the new name'}`}
              value=""
              placeholder="Value"
              holdEmpty
              mono={item.widget !== 'text'}
              commit={(text) => name !== '' && !clash && add(name, readText({ field: item }, text) ?? '')}
            />
          )}
        </div>
        <RowButtons name="the new entry" remove={close} />
      </div>
      {clash && <p className={classes['help']}>“{name}” is there already.</p>}
    </li>
  )
}

const Entry = (props: FieldProps & { item: FieldDescription; name: string }) => {
  const { field, path, value, item, name } = props
  const { change, problems } = useForm()
  const { Control } = useControls()
  const columns = useColumnNames(field)
  const at = [...path, name]
  const nested = item.widget === 'map'
  const title = field.title.toLowerCase()
  const key = (
    <SuggestInput
      label={`Name in ${title}: ${name}`}
      value={name}
      commit={(text) => change(`Rename ${name}`, { kind: 'rename-key', path: at, to: text.trim() })}
      {...columns}
      mono
      holdEmpty
    />
  )
  const remove = () => change(`Remove ${name}`, { kind: 'remove', path: at, prune: true })
  return (
    <li data-field={pathText(at)}>
      <div className={classes['row']}>
        <div className={nested ? classes['grow'] : classes['pair']}>
          {key}
          {!nested && <Control field={item} path={at} value={value} label={`Value of ${name}`} />}
        </div>
        <RowButtons name={name} remove={remove} />
      </div>
      {nested && <Control field={item} path={at} value={value} label={name} />}
      <ProblemLines problems={problemsAt(problems, at)} />
    </li>
  )
}

/** Names with a value each. Names that name columns are offered as such. */
export const MapField = ({ field, path, value }: FieldProps) => {
  const { change } = useForm()
  const [adding, setAdding] = useState(false)
  const entries = isMap(value) ? Object.entries(value) : []
  const item = { ...(field.item ?? anything), name: '' }
  const add = (name: string, first: JsonValue) => {
    setAdding(false)
    change(
      `Add ${name}`,
      entries.length === 0
        ? { kind: 'set', path, value: { [name]: first } }
        : { kind: 'insert-key', path, key: name, value: first },
    )
  }
  return (
    <>
      {(entries.length > 0 || adding) && (
        <ul className={classes['rows']}>
          {entries.map(([name, one]) => (
            <Entry key={name} field={field} item={item} path={path} name={name} value={one} />
          ))}
          {adding && (
            <NewEntry
              field={field}
              item={item}
              taken={(name) => entries.some(([key]) => key === name)}
              add={add}
              close={() => setAdding(false)}
            />
          )}
        </ul>
      )}
      {!adding && <AddButton label="Add an entry" click={() => setAdding(true)} />}
    </>
  )
}
