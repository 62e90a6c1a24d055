import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import type { JsonValue } from '#core/model/handle.ts'
import { BrowseButton, FileTarget, useFileInput } from '#renderer/forms/file-input.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { loadBlocks, useBlocks } from '#renderer/stores/blocks.ts'
import type { Draft, ParameterField } from '#renderer/stores/parameters.ts'
import classes from './parameter-form.module.css'

type FieldProps = {
  readonly field: ParameterField
  readonly value: JsonValue | undefined
  readonly fault: string | undefined
  change(value: JsonValue): void
}

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

const common = ({ field, fault }: FieldProps) => ({
  size: 'xs' as const,
  label: field.title,
  withAsterisk: field.required,
  description: field.description ?? undefined,
  error: fault,
})

const Choice = (props: FieldProps) => {
  const { field, value, change } = props
  const options = field.choices.map((choice, index) => ({ value: String(index), label: textOf(choice) }))
  const chosen = field.choices.findIndex((choice) => JSON.stringify(choice) === JSON.stringify(value))
  return (
    <NativeSelect
      {...common(props)}
      data={chosen === -1 ? [{ value: '-1', label: 'Choose …' }, ...options] : options}
      value={String(chosen)}
      onChange={(event) => change(field.choices[Number(event.currentTarget.value)] ?? null)}
    />
  )
}

/** The blocks that fit, by their names. */
const BlockChoice = (props: FieldProps) => {
  const { field, value, change } = props
  const { engine } = useWorld()
  const blocks = useBlocks((state) => state.blocks) ?? []
  useEffect(() => void loadBlocks(engine), [engine])
  const fitting = blocks.filter(({ type }) => field.blockTypes.length === 0 || field.blockTypes.includes(type))
  const written = textOf(value)
  const known = written === '' || fitting.some(({ reference }) => reference === written)
  const data = [
    ...(written === '' ? [{ value: '', label: fitting.length === 0 ? 'No block fits' : 'Choose …' }] : []),
    ...(known ? [] : [{ value: written, label: `${written} (not there)` }]),
    ...fitting.map(({ reference, name, type }) => ({ value: reference, label: `${name} · ${type}` })),
  ]
  return (
    <NativeSelect
      {...common(props)}
      data={data}
      value={written}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}

const hints: Partial<Record<ParameterField['type'], string>> = {
  duration: '30s, 5m, 1h 30m',
  file: 'Path of a file',
  datetime: '2020-11-01T10:00:00Z',
}

const Lines = (props: FieldProps & { mono: boolean }) => (
  <Textarea
    {...common(props)}
    autosize
    minRows={2}
    maxRows={8}
    spellCheck={false}
    placeholder={props.mono ? 'JSON' : 'One in each line'}
    classNames={props.mono ? { input: classes['mono'] ?? '' } : {}}
    value={textOf(props.value)}
    onChange={(event) => props.change(event.currentTarget.value)}
  />
)

type TextProps = FieldProps & { type?: string; inputMode?: 'numeric' | 'decimal'; aside?: ReactNode }

const Text = (props: TextProps) => (
  <TextInput
    {...common(props)}
    type={props.type ?? 'text'}
    inputMode={props.inputMode}
    rightSection={props.aside}
    spellCheck={false}
    placeholder={hints[props.field.type]}
    value={textOf(props.value)}
    onChange={(event) => props.change(event.currentTarget.value)}
  />
)

const FileChoice = (props: FieldProps) => {
  const { field, change } = props
  const input = useFileInput(change)
  return (
    <FileTarget input={input}>
      <Text {...props} aside={<BrowseButton input={input} what={field.title} />} />
    </FileTarget>
  )
}

const Field = (props: FieldProps) => {
  const { field, value, change } = props
  if (field.choices.length > 0) return <Choice {...props} />
  switch (field.type) {
    case 'boolean':
      return (
        <Checkbox
          {...common(props)}
          checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      )
    case 'block':
      return <BlockChoice {...props} />
    case 'integer':
      return <Text {...props} inputMode="numeric" />
    case 'number':
      return <Text {...props} inputMode="decimal" />
    case 'date':
      return <Text {...props} type="date" />
    case 'array':
      return <Lines {...props} mono={field.items === null} />
    case 'object':
      return <Lines {...props} mono />
    case 'file':
      return <FileChoice {...props} />
    case 'string':
    case 'datetime':
    case 'duration':
      return <Text {...props} />
    default:
      return field.type satisfies never
  }
}

type FormProps = {
  readonly fields: readonly ParameterField[]
  readonly draft: Draft
  readonly faults: Readonly<Record<string, string>>
  change(draft: Draft): void
}

/** One field for each parameter of the flow, in its order. */
export const ParameterForm = ({ fields, draft, faults, change }: FormProps) => (
  <div className={classes['form']}>
    {fields.map((field) => (
      <Field
        key={field.name}
        field={field}
        value={draft[field.name]}
        fault={faults[field.name]}
        change={(value) => change({ ...draft, [field.name]: value })}
      />
    ))}
  </div>
)
