import { FlowForm } from '#renderer/forms/flow-form.tsx'
import { Field, Fields } from '#renderer/forms/field.tsx'
import { ProblemLines } from '#renderer/forms/field-frame.tsx'
import { useForm } from '#renderer/forms/form.ts'
import { problemsAt, problemsWithin } from '#renderer/forms/problems.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { useEstimates } from '#renderer/stores/estimates.ts'
import { mapAt, type TaskOutline } from '#renderer/stores/outline.ts'
import { estimateInWords, isOverCap } from '#renderer/ui/estimate-words.ts'
import classes from './task-settings.module.css'

/** What is wrong with the settings as such, or with one that the type does not have. */
const Strays = ({ task, type }: { task: TaskOutline; type: TaskTypeSummary }) => {
  const { problems } = useForm()
  const path = ['tasks', task.id, 'with']
  const known = new Set(type.fields.map(({ name }) => name))
  const unknown = Object.keys(mapAt(task.raw, 'with')).filter((name) => !known.has(name))
  return (
    <ProblemLines
      problems={[
        ...problemsAt(problems, ['tasks', task.id]),
        ...problemsAt(problems, ['tasks', task.id, 'type']),
        ...problemsAt(problems, path),
        ...unknown.flatMap((name) => problemsWithin(problems, [...path, name])),
      ]}
    />
  )
}

/** What its SQL would read, or why that is not known. */
const EstimateLine = ({ task }: { task: string }) => {
  const estimate = useEstimates(({ tasks }) => tasks.get(task)?.answer)
  if (!estimate || estimate.kind === 'none') return null
  if (estimate.kind === 'bytes') {
    return (
      <p className={classes['estimate']} data-alarming={isOverCap(estimate) || undefined} role="status">
        {estimateInWords(estimate)}
      </p>
    )
  }
  return (
    <p className={classes['estimate']} role="status">
      What it would read is not known before it runs: {estimate.kind === 'unknown' ? estimate.reason : estimate.message}
    </p>
  )
}

/** The fields of the task's type. */
export const SettingsTab = ({ task, type }: { task: TaskOutline; type: TaskTypeSummary }) => {
  const settings = mapAt(task.raw, 'with')
  return (
    <FlowForm task={task.id}>
      <Fields>
        <Strays task={task} type={type} />
        {type.fields.length === 0 && <p className={classes['quiet']}>This task has nothing to set.</p>}
        {type.fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            path={['tasks', task.id, 'with', field.name]}
            value={settings[field.name]}
          />
        ))}
        <EstimateLine task={task.id} />
      </Fields>
    </FlowForm>
  )
}
