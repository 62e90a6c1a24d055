import { Button } from '@mantine/core'
import { Workflow } from 'lucide-react'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { EditOperation } from '#core/model/flow-edit.ts'
import { Control, Fields } from '#renderer/forms/field.tsx'
import { fieldIds } from '#renderer/forms/field-frame.tsx'
import type { Form } from '#renderer/forms/form.ts'
import { FormProvider } from '#renderer/forms/form-provider.tsx'
import { sameJson } from '#renderer/forms/values.ts'
import forms from '#renderer/forms/forms.module.css'
import { useWorld } from '#renderer/rpc/world.tsx'
import { runCommand } from '#renderer/stores/commands.ts'
import { changeFlow } from '#renderer/stores/flow.ts'
import type { TaskOutline } from '#renderer/stores/outline.ts'
import { useMemo } from 'react'
import { runOptions } from './run-options.ts'
import classes from './task-settings.module.css'

const { retries, timeout, runIf, allowFailure, keep, disabled } = runOptions
const options: readonly FieldDescription[] = [retries, timeout, runIf, allowFailure, keep, disabled]

/** The same change for each task, as one step. The form's paths are those of one option: `['retries']`. */
const forEach = (operation: EditOperation, tasks: readonly TaskOutline[]): EditOperation => ({
  kind: 'batch',
  operations: tasks.flatMap(({ id, raw }): readonly EditOperation[] => {
    if (operation.kind === 'set') return [{ ...operation, path: ['tasks', id, ...operation.path] }]
    const [name] = operation.kind === 'remove' ? operation.path : []
    return name === undefined || raw[name] === undefined ? [] : [{ kind: 'remove', path: ['tasks', id, name] }]
  }),
})

/** Options that all of several tasks have. */
export const SeveralTasks = ({ tasks }: { tasks: readonly TaskOutline[] }) => {
  const { engine } = useWorld()
  const form = useMemo(
    (): Form => ({
      change: (what, operation) =>
        void changeFlow(engine, `${what} of ${tasks.length} tasks`, forEach(operation, tasks)),
      problems: [],
      columnsOf: () => [],
      expressions: null,
    }),
    [engine, tasks],
  )
  return (
    <div className={classes['panel']}>
      <header className={classes['header']}>
        <strong>{tasks.length} tasks</strong>
        <p className={classes['summary']}>What is set here is set for all of them.</p>
        <Button
          variant="default"
          size="compact-xs"
          mt={8}
          w="fit-content"
          leftSection={<Workflow size={14} aria-hidden />}
          onClick={() => runCommand('task.extract')}
        >
          Extract to subflow…
        </Button>
      </header>
      <div className={classes['body']}>
        <FormProvider value={form}>
          <Fields>
            {options.map((field) => {
              const values = tasks.map(({ raw }) => raw[field.name])
              const same = values.every((value) => sameJson(value, values[0]))
              const ids = fieldIds([field.name])
              return (
                <div key={field.name} className={forms['field']}>
                  <label className={forms['label']} htmlFor={ids.control}>
                    {field.title}
                    {!same && <span className={forms['required']}> · differs</span>}
                  </label>
                  <Control field={field} path={[field.name]} value={same ? values[0] : undefined} />
                </div>
              )
            })}
          </Fields>
        </FormProvider>
      </div>
    </div>
  )
}
