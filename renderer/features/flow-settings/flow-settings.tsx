import { useEffect, useRef } from 'react'
import { Workflow } from 'lucide-react'
import { Field, Fields } from '#renderer/forms/field.tsx'
import { ProblemLines } from '#renderer/forms/field-frame.tsx'
import { FlowForm } from '#renderer/forms/flow-form.tsx'
import { focusField } from '#renderer/forms/focus-field.ts'
import { problemsAt, unknownKeysIn } from '#renderer/forms/problems.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { Problem } from '#core/model/problem.ts'
import { arrivedAtField, useAttention } from '#renderer/stores/attention.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { mapAt } from '#renderer/stores/outline.ts'
import { flowFields } from './flow-fields.ts'
import { FlowName } from './flow-name.tsx'
import { Hooks } from './hooks.tsx'
import { Parameters } from './parameters.tsx'
import classes from './flow-settings.module.css'

const noProblems: readonly Problem[] = []

const useAskedField = () => {
  const panel = useRef<HTMLDivElement>(null)
  const asked = useAttention((state) => state.field)
  useEffect(() => {
    if (!asked || asked[0] === 'tasks' || !panel.current) return
    focusField(panel.current, asked)
    arrivedAtField()
  }, [asked])
  return panel
}

/** What is set of the flow as a whole. */
export const FlowSettings = () => {
  const flow = useFlow((state) => state.draft?.content.value ?? null)
  const problems = useFlow((state) => state.draft?.content.problems ?? noProblems)
  const unknownKeys = unknownKeysIn(problems, []).filter(({ path }) => path.length === 1)
  const panel = useAskedField()
  const values = mapAt(flow)
  const plain = (field: FieldDescription) => <Field field={field} path={[field.name]} value={values[field.name]} />
  const { description, variables, tags, concurrency, retries, retryDelay, timeout } = flowFields
  return (
    <div className={classes['panel']} ref={panel}>
      <header className={classes['header']}>
        <Workflow size={18} strokeWidth={1.75} aria-hidden />
        <h2 className={classes['title']}>Flow</h2>
      </header>
      <div className={classes['body']}>
        <FlowForm task={null}>
          <Fields>
            <ProblemLines problems={[...problemsAt(problems, []), ...unknownKeys]} />
            <FlowName />
            {plain(description)}
            <Parameters flow={flow} />
            {plain(variables)}
            <h3 className={classes['section']}>Run options</h3>
            {plain(concurrency)}
            {plain(retries)}
            {values['retries'] !== undefined && plain(retryDelay)}
            {plain(timeout)}
            {plain(tags)}
            <Hooks flow={flow} />
          </Fields>
        </FlowForm>
      </div>
    </div>
  )
}
