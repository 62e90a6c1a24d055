import { ActionIcon, NativeSelect } from '@mantine/core'
import { X } from 'lucide-react'
import { ProblemLines } from '#renderer/forms/field-frame.tsx'
import { useForm } from '#renderer/forms/form.ts'
import { problemsWithin } from '#renderer/forms/problems.ts'
import { pathText } from '#renderer/forms/values.ts'
import forms from '#renderer/forms/forms.module.css'
import { wouldCycle } from '#renderer/stores/edits.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { listOf, type TaskOutline } from '#renderer/stores/outline.ts'
import classes from './task-settings.module.css'

/** Tasks it waits for without taking anything from them. */
export const AfterTasks = ({ task }: { task: TaskOutline }) => {
  const { change, problems } = useForm()
  const outline = useFlow((state) => state.outline)
  const path = ['tasks', task.id, 'after']
  const written = task.raw['after']
  const after = listOf(written).filter((one): one is string => typeof one === 'string')
  const free = outline.tasks
    .map(({ id }) => id)
    .filter((id) => id !== task.id && !after.includes(id) && !wouldCycle(outline, id, task.id))
  const add = (id: string) =>
    change(
      'Order',
      Array.isArray(written)
        ? { kind: 'insert-item', path, index: after.length, value: id }
        : { kind: 'set', path, value: [...after, id] },
    )
  const remove = (index: number) =>
    change('Do not order', { kind: 'remove', path: Array.isArray(written) ? [...path, index] : path, prune: true })
  return (
    <div className={forms['field']} data-field={pathText(path)} role="group" aria-label="Runs after">
      <span className={forms['label']}>Runs after</span>
      {after.map((id, index) => (
        <div key={id} className={classes['port']}>
          <span className={forms['grow']}>{id}</span>
          <ActionIcon
            size={22}
            variant="subtle"
            color="gray"
            aria-label={`Do not wait for ${id}`}
            onClick={() => remove(index)}
          >
            <X size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {free.length > 0 && (
        <NativeSelect
          size="xs"
          aria-label="Wait for another task"
          value=""
          data={[{ value: '', label: 'Wait for …' }, ...free]}
          onChange={(event) => event.currentTarget.value !== '' && add(event.currentTarget.value)}
        />
      )}
      <p className={forms['help']}>Waits for them without taking data.</p>
      <ProblemLines problems={problemsWithin(problems, path)} />
    </div>
  )
}
