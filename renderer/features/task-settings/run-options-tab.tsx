import { NativeSelect, Switch } from '@mantine/core'
import { useState } from 'react'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { EditPath } from '#core/model/flow-edit.ts'
import { Field, Fields } from '#renderer/forms/field.tsx'
import { FieldFrame, fieldIds, ProblemLines } from '#renderer/forms/field-frame.tsx'
import { FlowForm } from '#renderer/forms/flow-form.tsx'
import { useForm, type FieldProps } from '#renderer/forms/form.ts'
import { unknownKeysIn } from '#renderer/forms/problems.ts'
import { SuggestInput } from '#renderer/forms/suggest-input.tsx'
import { undoName } from '#renderer/forms/values.ts'
import { mapAt, type TaskOutline } from '#renderer/stores/outline.ts'
import { ForEach } from './for-each.tsx'
import { readRetryDelay, retryDelayKind, retryDelayText, type RetryDelayKind } from './retry-delay.ts'
import { retryDelayOption, runOptions } from './run-options.ts'

const RetryDelay = ({ path, value }: Pick<FieldProps, 'path' | 'value'>) => {
  const { change } = useForm()
  const [wanted, setWanted] = useState<RetryDelayKind | null>(null)
  const kind = wanted ?? retryDelayKind(value)
  const write = (next: FieldProps['value']) =>
    change(
      undoName(retryDelayOption, path),
      next === undefined ? { kind: 'remove', path } : { kind: 'set', path, value: next },
    )
  return (
    <FieldFrame field={retryDelayOption} path={path} value={value} toggle={null} single={false}>
      <NativeSelect
        size="xs"
        aria-label="How the delay grows"
        value={kind}
        data={[
          { value: 'delays', label: 'The delays I give' },
          { value: 'exponential', label: 'Twice as long each time' },
        ]}
        onChange={(event) => {
          const next = event.currentTarget.value === 'exponential' ? 'exponential' : 'delays'
          setWanted(next)
          write(readRetryDelay(next, retryDelayText(value)))
        }}
      />
      <SuggestInput
        label={kind === 'exponential' ? 'First delay' : 'Retry delay'}
        value={retryDelayText(value)}
        placeholder={kind === 'exponential' ? '1s' : '10s, 1m'}
        commit={(text) => write(readRetryDelay(kind, text))}
      />
    </FieldFrame>
  )
}

const cacheField: FieldDescription = {
  name: 'cache',
  title: 'Cache',
  widget: 'boolean',
  required: false,
  schema: {},
  help: 'Uses the result of an earlier run again when the key is the same.',
}

const Cache = ({ path, value }: { path: EditPath; value: FieldProps['value'] }) => {
  const { change } = useForm()
  const on = value !== undefined && value !== null
  const settings = mapAt(value)
  return (
    <>
      <FieldFrame field={cacheField} path={path} value={undefined} toggle={null} single>
        <Switch
          size="xs"
          id={fieldIds(path).control}
          checked={on}
          onChange={(event) =>
            event.currentTarget.checked
              ? change('Cache', { kind: 'set', path, value: { key: 'inputs', expires: '1d' } })
              : change('Do not cache', { kind: 'remove', path })
          }
        />
      </FieldFrame>
      {on && (
        <>
          {/* The last key that goes would leave the cache off, so defaults are written out. */}
          <Field field={keyField} path={[...path, 'key']} value={settings['key']} />
          <Field field={runOptions.cacheExpires} path={[...path, 'expires']} value={settings['expires']} />
        </>
      )}
    </>
  )
}

const { default: _usual, ...keyRest } = runOptions.cacheKey
const keyField: FieldDescription = { ...keyRest, placeholder: 'inputs' }

/** What each of the other tabs shows, it shows with what is unknown in it. */
const elsewhere = new Set<EditPath[number] | undefined>(['with', 'inputs', 'after'])

const Strays = ({ task }: { task: string }) => {
  const { problems } = useForm()
  return (
    <ProblemLines problems={unknownKeysIn(problems, ['tasks', task]).filter(({ path }) => !elsewhere.has(path[2]))} />
  )
}

/** How a task runs, whatever it does. */
export const RunOptionsTab = ({ task }: { task: TaskOutline }) => {
  const at = (name: string): EditPath => ['tasks', task.id, name]
  const plain = (field: FieldDescription) => <Field field={field} path={at(field.name)} value={task.raw[field.name]} />
  const { retries, retryJitter, timeout, runIf, when, allowFailure, tags, keep, disabled, note } = runOptions
  const retried = task.raw['retries'] !== undefined && task.raw['retries'] !== 0
  const delayed = task.raw['retry_delay'] !== undefined
  return (
    <FlowForm task={task.id}>
      <Fields>
        <Strays task={task.id} />
        {plain(retries)}
        {(retried || delayed) && <RetryDelay path={at('retry_delay')} value={task.raw['retry_delay']} />}
        {(retried || task.raw['retry_jitter'] !== undefined) && plain(retryJitter)}
        {plain(timeout)}
        <Cache path={at('cache')} value={task.raw['cache']} />
        {plain(runIf)}
        {plain(when)}
        {plain(allowFailure)}
        <ForEach task={task} />
        {plain(tags)}
        {plain(keep)}
        {plain(disabled)}
        {plain(note)}
      </Fields>
    </FlowForm>
  )
}
