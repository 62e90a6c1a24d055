import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { EditPath } from '#core/model/flow-edit.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import { ExpressionLine } from '#renderer/forms/expression-result.tsx'
import { Field } from '#renderer/forms/field.tsx'
import { FieldFrame, fieldIds } from '#renderer/forms/field-frame.tsx'
import { useForm } from '#renderer/forms/form.ts'
import { ListField } from '#renderer/forms/list-field.tsx'
import { TextField } from '#renderer/forms/text-field.tsx'
import { holdsExpression, isList } from '#renderer/forms/values.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import type { TaskOutline } from '#renderer/stores/outline.ts'
import { runOptions } from './run-options.ts'

const modes = ['off', 'list', 'expression', 'task'] as const
type Mode = (typeof modes)[number]

const titles: Readonly<Record<Mode, string>> = {
  off: 'No: it runs once',
  list: 'Each value of a list',
  expression: 'Each value that an expression gives',
  task: 'Each item of another task',
}

const field: FieldDescription = {
  name: 'for_each',
  title: 'For each',
  widget: 'text',
  required: false,
  schema: {},
  help: 'Runs the task once for each value.',
}

const list: FieldDescription = {
  ...field,
  title: 'Values',
  widget: 'list',
  item: { name: '', title: '', widget: 'json', required: false, schema: {} },
}

const modeOf = (value: JsonValue | undefined): Mode => {
  if (value === undefined || value === null) return 'off'
  if (isList(value)) return 'list'
  return holdsExpression(value) ? 'expression' : 'task'
}

/** Other tasks that run once for each item. */
const useMapped = (task: string): readonly string[] => {
  const tasks = useFlow((state) => state.outline.tasks)
  return tasks.filter(({ id, raw }) => id !== task && raw['for_each'] !== undefined).map(({ id }) => id)
}

type ValuesProps = {
  readonly mode: Mode
  readonly path: EditPath
  readonly value: JsonValue | undefined
  readonly mapped: readonly string[]
}

/** What it is run over, in the way that was chosen. */
const Values = ({ mode, path, value, mapped }: ValuesProps) => {
  const { change } = useForm()
  return (
    <>
      {mode === 'list' && <ListField field={list} path={path} value={isList(value) ? value : undefined} />}
      {mode === 'expression' && (
        <TextField
          field={{ ...field, placeholder: '{{ months }}' }}
          path={path}
          value={holdsExpression(value) ? value : undefined}
          label="Expression for the values"
        />
      )}
      {mode === 'expression' && holdsExpression(value) && <ExpressionLine path={path} text={value} />}
      {mode === 'task' && (
        <NativeSelect
          size="xs"
          aria-label="Task whose items it follows"
          value={typeof value === 'string' && !holdsExpression(value) ? value : ''}
          data={['', ...mapped]}
          onChange={(event) =>
            event.currentTarget.value !== '' &&
            change('Set for each', { kind: 'set', path, value: event.currentTarget.value })
          }
        />
      )}
    </>
  )
}

/** Whether and over what a task is run several times. */
export const ForEach = ({ task }: { task: TaskOutline }) => {
  const { change } = useForm()
  const value = task.raw['for_each']
  const [wanted, setWanted] = useState<Mode | null>(null)
  const mapped = useMapped(task.id)
  const mode = wanted ?? modeOf(value)
  const path = ['tasks', task.id, 'for_each']
  const choose = (next: Mode) => {
    setWanted(next === modeOf(value) ? null : next)
    if (next === 'off' && value !== undefined) {
      setWanted(null)
      change('Do not repeat', {
        kind: 'batch',
        operations: ['for_each', 'as', 'concurrency']
          .filter((name) => task.raw[name] !== undefined)
          .map((name) => ({ kind: 'remove', path: ['tasks', task.id, name] })),
      })
    }
  }
  return (
    <>
      <FieldFrame field={field} path={path} value={value} toggle={null} single>
        <NativeSelect
          size="xs"
          id={fieldIds(path).control}
          value={mode}
          data={modes
            .filter((one) => one !== 'task' || mapped.length > 0 || mode === 'task')
            .map((one) => ({ value: one, label: titles[one] }))}
          onChange={(event) => choose(modes.find((one) => one === event.currentTarget.value) ?? 'off')}
        />
        <Values mode={mode} path={path} value={value} mapped={mapped} />
      </FieldFrame>
      {mode !== 'off' && (
        <>
          <Field field={runOptions.as} path={['tasks', task.id, 'as']} value={task.raw['as']} />
          <Field
            field={runOptions.concurrency}
            path={['tasks', task.id, 'concurrency']}
            value={task.raw['concurrency']}
          />
        </>
      )}
    </>
  )
}
