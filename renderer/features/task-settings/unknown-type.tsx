import { Button } from '@mantine/core'
import { closest } from '#core/model/did-you-mean.ts'
import { Fields } from '#renderer/forms/field.tsx'
import { LazyCodeEditor } from '#renderer/forms/lazy-code-editor.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { goToLine } from '#renderer/stores/attention.ts'
import { changeFlow, useFlow } from '#renderer/stores/flow.ts'
import type { TaskOutline } from '#renderer/stores/outline.ts'
import { useSession } from '#renderer/stores/session.ts'
import classes from './task-settings.module.css'

const noNames = { names: [], columns: [] }

/** A task of a type that this version does not know: what it may have meant, and its settings as they are written. */
export const UnknownType = ({ task }: { task: TaskOutline }) => {
  const { engine } = useWorld()
  const types = useSession((session) => session.taskTypes)
  const problem = useFlow((state) =>
    state.draft?.content.problems.find(({ path }) => path[0] === 'tasks' && path[1] === task.id),
  )
  const guess = closest(task.type, types.keys())
  const use = (type: string) =>
    void changeFlow(engine, `Change the type of ${task.id}`, {
      kind: 'set',
      path: ['tasks', task.id, 'type'],
      value: type,
    })
  const settings = task.raw['with']
  return (
    <Fields>
      <p role="alert" className={classes['quiet']}>
        {task.type === '' ? 'This task has no type.' : `There is no task type “${task.type}” in this version.`}{' '}
        {guess !== null && `Did you mean “${guess}”?`}
      </p>
      {guess !== null && (
        <Button size="xs" variant="default" onClick={() => use(guess)}>
          Use {guess}
        </Button>
      )}
      {settings !== undefined && (
        <div className={classes['raw']}>
          <LazyCodeEditor
            value={JSON.stringify(settings, null, 2)}
            commit={() => undefined}
            language="javascript"
            label={`Settings of ${task.id} as they are written`}
            known={noNames}
            readOnly
          />
        </div>
      )}
      <Button size="xs" variant="default" onClick={() => goToLine(problem?.line ?? 1, problem?.column ?? 1)}>
        Show it in the YAML
      </Button>
    </Fields>
  )
}
