import { NativeSelect } from '@mantine/core'
import type { JsonValue } from '#core/model/handle.ts'
import { hookNames, type HookName } from '#core/model/flow-document.ts'
import { Field } from '#renderer/forms/field.tsx'
import { ProblemLines } from '#renderer/forms/field-frame.tsx'
import { useForm } from '#renderer/forms/form.ts'
import { problemsAt } from '#renderer/forms/problems.ts'
import { RowButtons } from '#renderer/forms/row-buttons.tsx'
import { pathText } from '#renderer/forms/values.ts'
import forms from '#renderer/forms/forms.module.css'
import { freshId } from '#renderer/stores/edits.ts'
import { mapAt, textAt } from '#renderer/stores/outline.ts'
import { useSession } from '#renderer/stores/session.ts'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import classes from './flow-settings.module.css'

const titles: Readonly<Record<HookName, string>> = {
  on_failure: 'When the run has failed',
  on_completion: 'When the run has completed',
  on_cancellation: 'When the run was cancelled',
}

const HookTask = ({ hook, id, raw }: { hook: HookName; id: string; raw: JsonValue }) => {
  const { change, problems } = useForm()
  const type = useSession((session) => session.taskTypes.get(textAt(raw, 'type') ?? ''))
  const path = ['hooks', hook, id]
  const settings = mapAt(raw, 'with')
  return (
    <li className={forms['card']} data-field={pathText(path)}>
      <div className={forms['cardHead']}>
        <TaskIcon name={type?.icon ?? 'circle-help'} size={16} />
        <span className={forms['grow']}>
          {id} <span className={forms['hint']}>{type?.title ?? textAt(raw, 'type')}</span>
        </span>
        <RowButtons name={id} remove={() => change(`Remove ${id}`, { kind: 'remove', path, prune: true })} />
      </div>
      <ProblemLines problems={[...problemsAt(problems, path), ...problemsAt(problems, [...path, 'type'])]} />
      {type?.fields.map((field) => (
        <Field key={field.name} field={field} path={[...path, 'with', field.name]} value={settings[field.name]} />
      ))}
    </li>
  )
}

const Hook = ({ hook, flow, taken }: { hook: HookName; flow: JsonValue; taken: ReadonlySet<string> }) => {
  const { change } = useForm()
  const types = useSession((session) => session.taskTypes)
  const tasks = Object.entries(mapAt(mapAt(flow, 'hooks'), hook))
  const fitting = [...types.values()].filter(({ inputs }) => Object.values(inputs).every(({ optional }) => optional))
  const add = (type: string) => {
    const id = freshId(taken, type.split('.').at(-1) ?? type)
    change(`Add ${id}`, { kind: 'set', path: ['hooks', hook, id], value: { type } })
  }
  return (
    <div className={forms['field']} data-field={`hooks.${hook}`} role="group" aria-label={titles[hook]}>
      <span className={forms['label']}>{titles[hook]}</span>
      <ul className={forms['rows']}>
        {tasks.map(([id, raw]) => (
          <HookTask key={id} hook={hook} id={id} raw={raw} />
        ))}
      </ul>
      <NativeSelect
        size="xs"
        aria-label={`Add a task: ${titles[hook].toLowerCase()}`}
        value=""
        data={[
          { value: '', label: 'Add a task …' },
          ...fitting.map(({ type, title }) => ({ value: type, label: title })),
        ]}
        onChange={(event) => event.currentTarget.value !== '' && add(event.currentTarget.value)}
      />
    </div>
  )
}

/** Tasks that run once the flow run has ended, by how it ended. */
export const Hooks = ({ flow }: { flow: JsonValue }) => {
  const hooks = mapAt(flow, 'hooks')
  const taken = new Set([
    ...Object.keys(mapAt(flow, 'tasks')),
    ...hookNames.flatMap((hook) => Object.keys(mapAt(hooks, hook))),
  ])
  return (
    <section aria-labelledby="flow-hooks" className={forms['fields']}>
      <h3 className={classes['section']} id="flow-hooks">
        Hooks
      </h3>
      {hookNames.map((hook) => (
        <Hook key={hook} hook={hook} flow={flow} taken={taken} />
      ))}
    </section>
  )
}
