import { ActionIcon, NativeSelect } from '@mantine/core'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { EditOperation, EditPath } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { parameterTypes } from '#core/model/parameter.ts'
import { Field } from '#renderer/forms/field.tsx'
import { ProblemLines } from '#renderer/forms/field-frame.tsx'
import { useForm } from '#renderer/forms/form.ts'
import { problemsAt, problemsWithin } from '#renderer/forms/problems.ts'
import { AddButton, RowButtons } from '#renderer/forms/row-buttons.tsx'
import { SuggestInput } from '#renderer/forms/suggest-input.tsx'
import { pathText } from '#renderer/forms/values.ts'
import forms from '#renderer/forms/forms.module.css'
import { useAttention } from '#renderer/stores/attention.ts'
import { mapAt } from '#renderer/stores/outline.ts'
import { changeType, fieldsOfParameter, typeOf } from './parameter-fields.ts'
import classes from './flow-settings.module.css'

type ParameterProps = {
  readonly name: string
  readonly raw: JsonValue
  /** The parameter before it; null for the first. */
  readonly before: string | null
}

const moveUp = (name: string, before: string): EditOperation => ({
  kind: 'move-key',
  path: ['parameters'],
  key: name,
  before,
})

const TypeSelect = ({ name, raw, path }: { name: string; raw: JsonValue; path: EditPath }) => {
  const { change } = useForm()
  const type = typeOf(raw)
  return (
    <NativeSelect
      size="xs"
      w={100}
      aria-label={`Type of ${name}`}
      value={type ?? ''}
      data={[...(type === null ? [{ value: '', label: 'Choose …' }] : []), ...parameterTypes]}
      onChange={(event) => {
        const next = parameterTypes.find((one) => one === event.currentTarget.value)
        if (next) change(`Set the type of ${name}`, changeType(path, raw, next))
      }}
    />
  )
}

const Parameter = ({ name, raw, before }: ParameterProps) => {
  const { change, problems } = useForm()
  const asked = useAttention((state) => state.field?.[1] === name)
  const [unfolded, setUnfolded] = useState(false)
  const path = ['parameters', name]
  const within = problemsWithin(problems, path)
  const open = unfolded || asked || within.length > 0
  const values = mapAt(raw)
  return (
    <li className={forms['card']} data-field={pathText(path)}>
      <div className={forms['cardHead']}>
        <ActionIcon
          size={22}
          variant="subtle"
          color="gray"
          aria-label={`Details of ${name}`}
          aria-expanded={open}
          onClick={() => setUnfolded(!unfolded)}
        >
          {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
        </ActionIcon>
        <span className={forms['grow']}>
          <SuggestInput
            label={`Name of the parameter ${name}`}
            value={name}
            commit={(text) =>
              change(`Rename ${name}`, { kind: 'rename-name', section: 'parameters', name, to: text.trim() })
            }
            mono
            holdEmpty
          />
        </span>
        <TypeSelect name={name} raw={raw} path={path} />
        <RowButtons
          name={`the parameter ${name}`}
          up={before === null ? null : () => change(`Move ${name}`, moveUp(name, before))}
          remove={() => change(`Remove ${name}`, { kind: 'remove', path, prune: true })}
        />
      </div>
      <ProblemLines problems={[...problemsAt(problems, path), ...problemsWithin(problems, [...path, 'type'])]} />
      {open &&
        fieldsOfParameter(raw).map((field) => (
          <Field key={field.name} field={field} path={[...path, field.name]} value={values[field.name]} />
        ))}
    </li>
  )
}

const freshName = (taken: readonly string[]): string => {
  let name = 'parameter'
  for (let number = 2; taken.includes(name); number += 1) name = `parameter_${number}`
  return name
}

/** What each run may be given. */
export const Parameters = ({ flow }: { flow: JsonValue }) => {
  const { change } = useForm()
  const entries = Object.entries(mapAt(flow, 'parameters'))
  const names = entries.map(([name]) => name)
  return (
    <section aria-labelledby="flow-parameters" data-field="parameters">
      <h3 className={classes['section']} id="flow-parameters">
        Parameters
      </h3>
      <ul className={forms['rows']}>
        {entries.map(([name, raw], index) => (
          <Parameter key={name} name={name} raw={raw} before={names[index - 1] ?? null} />
        ))}
      </ul>
      <AddButton
        label="Add a parameter"
        click={() =>
          change('Add a parameter', { kind: 'set', path: ['parameters', freshName(names)], value: { type: 'string' } })
        }
      />
    </section>
  )
}
