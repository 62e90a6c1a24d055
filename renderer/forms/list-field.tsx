import { useState } from 'react'
import type { FieldDescription } from '#core/model/field-description.ts'
import { useControls } from './controls.ts'
import { ProblemLines } from './field-frame.tsx'
import { useForm, type FieldProps } from './form.ts'
import { problemsAt } from './problems.ts'
import { AddButton, RowButtons } from './row-buttons.tsx'
import { SuggestInput } from './suggest-input.tsx'
import { readText, useSuggest } from './text-field.tsx'
import { isList, pathText } from './values.ts'
import { firstValue } from './variants.ts'
import classes from './forms.module.css'

const plainText: FieldDescription = { widget: 'text', title: '', name: '', required: false, schema: {} }

/** What an item is, with what the list says of all of them. */
const itemOf = ({ item = plainText, columnsOf }: FieldDescription): FieldDescription => ({
  ...item,
  name: '',
  ...(columnsOf !== undefined && item.columnsOf === undefined && { columnsOf }),
})

const NewItem = (props: { field: FieldDescription; label: string; add: (text: string) => void; close: () => void }) => {
  const suggest = useSuggest(props.field.columnsOf)
  return (
    <li className={classes['row']}>
      <SuggestInput
        label={props.label}
        value=""
        commit={props.add}
        {...(suggest && { suggest })}
        holdEmpty
        autoFocus
        placeholder={props.field.placeholder}
      />
      <RowButtons name="the new item" remove={props.close} />
    </li>
  )
}

const singular = (title: string): string => (/[^s]s$/.test(title) ? title.toLowerCase().slice(0, -1) : 'item')

/** Items one under the other, in the order they are written. */
export const ListField = ({ field, path, value }: FieldProps) => {
  const { change, problems } = useForm()
  const { Control } = useControls()
  const [adding, setAdding] = useState(false)
  const items = isList(value) ? value : value === undefined || value === null ? [] : [value]
  const item = itemOf(field)
  const name = singular(field.title)
  const insert = (first: FieldProps['value']) =>
    change(
      `Add ${name}`,
      items.length === 0 || !isList(value)
        ? { kind: 'set', path, value: [...items, first ?? null] }
        : { kind: 'insert-item', path, index: items.length, value: first ?? null },
    )
  const add = () => {
    const first = firstValue(item)
    if (first === null) setAdding(true)
    else insert(first)
  }
  return (
    <>
      {(items.length > 0 || adding) && (
        <ol className={classes['rows']}>
          {items.map((one, index) => {
            const at = [...path, index]
            return (
              // Items have no names of their own: they are where they stand.
              // eslint-disable-next-line react/no-array-index-key
              <li key={index} data-field={pathText(at)}>
                <div className={classes['row']}>
                  <div className={classes['grow']}>
                    <Control field={item} path={at} value={one} label={`${field.title} ${index + 1}`} />
                  </div>
                  <RowButtons
                    name={`${name} ${index + 1}`}
                    up={
                      index === 0
                        ? null
                        : () => change(`Move ${name}`, { kind: 'move-item', path, from: index, to: index - 1 })
                    }
                    remove={() => change(`Remove ${name}`, { kind: 'remove', path: at, prune: true })}
                  />
                </div>
                <ProblemLines problems={problemsAt(problems, at)} />
              </li>
            )
          })}
          {adding && (
            <NewItem
              field={item}
              label={`New ${name}`}
              add={(text) => {
                setAdding(false)
                insert(readText({ field: item }, text))
              }}
              close={() => setAdding(false)}
            />
          )}
        </ol>
      )}
      {!adding && <AddButton label={`Add ${name}`} click={add} />}
    </>
  )
}
