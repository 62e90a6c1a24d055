import { NativeSelect } from '@mantine/core'
import { useControls } from './controls.ts'
import { ProblemLines } from './field-frame.tsx'
import { useForm, type FieldProps } from './form.ts'
import { problemsWithin } from './problems.ts'
import { isMap, pathText, sameJson, textOf } from './values.ts'
import { chooseVariant, fieldsFor, variantField } from './variants.ts'
import classes from './forms.module.css'

/** An object with fields of its own; where there are several kinds of object, the kind is chosen first. */
export const ObjectField = ({ field, path, value, label }: FieldProps & { label?: string }) => {
  const { change, problems } = useForm()
  const { Field } = useControls()
  const by = variantField(field)
  const chosen = by && isMap(value) ? value[by.name] : undefined
  const choices = by?.choices ?? []
  const known = choices.findIndex((choice) => sameJson(choice, chosen))
  const shown = fieldsFor(field, value).filter(({ name }) => name !== by?.name)
  const names = new Set(shown.map(({ name }) => name))
  // Of the kind itself, and of keys that no field shows.
  const strays = problemsWithin(problems, path).filter(
    ({ path: at }) => at.length > path.length && !names.has(String(at[path.length])),
  )
  return (
    <div className={classes['card']}>
      {by && (
        <div data-field={pathText([...path, by.name])}>
          <NativeSelect
            size="xs"
            aria-label={`${by.title} of ${(label ?? field.title).toLowerCase()}`}
            value={String(known)}
            data={[
              ...(known === -1 ? [{ value: '-1', label: textOf(chosen) || 'Choose …' }] : []),
              ...choices.map((choice, index) => ({
                value: String(index),
                label: textOf(choice).replaceAll('_', ' '),
              })),
            ]}
            onChange={(event) => {
              const choice = choices[Number(event.currentTarget.value)]
              if (choice !== undefined)
                change(`Set ${by.title.toLowerCase()}`, chooseVariant(field, path, value, choice))
            }}
          />
        </div>
      )}
      <ProblemLines problems={strays} />
      {shown.map((one) => (
        <Field
          key={one.name}
          field={one}
          path={[...path, one.name]}
          value={isMap(value) ? value[one.name] : undefined}
        />
      ))}
    </div>
  )
}
