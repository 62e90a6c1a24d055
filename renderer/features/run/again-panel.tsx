import { Button } from '@mantine/core'
import { Play } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Parameters, ParameterValues } from '#core/model/parameter.ts'
import { draftOf, parametersOf, readDraft, type Draft, type ParameterField } from '#renderer/stores/parameters.ts'
import { useRunDocument } from '#renderer/stores/run-document.ts'
import { useRunning } from '#renderer/stores/running.ts'
import { ParameterForm } from './parameter-form.tsx'
import classes from './run-panel.module.css'

/** Parameters of a document as they are written in a flow. */
const fieldsOf = (parameters: Parameters): readonly ParameterField[] =>
  parametersOf({
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, { keywords, ...rest }]): [string, JsonValue] => [
        name,
        { ...keywords, ...rest, types: rest.types ?? [] },
      ]),
    ),
  })

const noParameters: Parameters = {}

type Props = { readonly flowRun: FlowRun; run(parameters: ParameterValues): Promise<void>; close(): void }

/** The same flow once more, with other parameters: the form begins with what this run had. */
export const AgainPanel = ({ flowRun, run, close }: Props) => {
  const document = useRunDocument()?.document
  const fields = useMemo(() => fieldsOf(document?.parameters ?? noParameters), [document])
  const [changed, setChanged] = useState<Draft>({})
  const busy = useRunning((state) => state.asked === 'start')
  const draft = { ...draftOf(fields, flowRun.parameters), ...changed }
  const { values, faults } = readDraft(fields, draft)
  return (
    <form
      className={classes['panel']}
      onSubmit={(event) => {
        event.preventDefault()
        if (Object.keys(faults).length === 0) void run(values)
      }}
    >
      <header className={classes['header']}>
        <h2>Run again with changes</h2>
      </header>
      <div className={classes['body']}>
        {fields.length === 0 ? (
          <p className={classes['quiet']}>This flow has no parameters to change.</p>
        ) : (
          <ParameterForm fields={fields} draft={draft} faults={faults} change={setChanged} />
        )}
      </div>
      <footer className={classes['footer']}>
        <Button size="xs" variant="default" onClick={close}>
          Close
        </Button>
        <Button size="xs" type="submit" leftSection={<Play size={14} />} loading={busy}>
          Run
        </Button>
      </footer>
    </form>
  )
}
