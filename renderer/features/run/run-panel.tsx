import { Button, SegmentedControl, Textarea } from '@mantine/core'
import { Play } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { JsonValue } from '#core/model/handle.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useFlow } from '#renderer/stores/flow.ts'
import { mapAt } from '#renderer/stores/outline.ts'
import {
  draftOf, lastValues, parametersOf, readDraft, rememberValues, type Draft, type ParameterField, type Reading,
} from '#renderer/stores/parameters.ts' // prettier-ignore
import { closeRunPanel, startRun, useRunning, type Part } from '#renderer/stores/running.ts'
import { ParameterForm } from './parameter-form.tsx'
import { PartPlanView, usePartPlan } from './part-plan.tsx'
import classes from './run-panel.module.css'

const titleOf = (part: Part | null): string => {
  if (part === null) return 'Run with parameters'
  if (part.mode === 'rest') return 'Resume with the changes'
  return `Run ${part.mode} ${part.task}`
}

type View = 'form' | 'json'

/** The form, or the same as JSON; both stay as they were left. */
const useParameters = (fields: readonly ParameterField[], file: string) => {
  const [draft, setDraft] = useState<Draft>(() => draftOf(fields, lastValues(file)))
  const [view, setView] = useState<View>('form')
  const [json, setJson] = useState('')
  const parsed = useMemo(() => parseMap(json), [json])
  const fromForm = readDraft(fields, draft)
  const reading: Reading =
    view === 'form' ? fromForm : { values: parsed ?? {}, faults: parsed ? {} : { json: 'This is no JSON map yet.' } }
  const show = (next: View) => {
    if (next === 'json') setJson(JSON.stringify(fromForm.values, null, 2))
    else if (parsed) setDraft(draftOf(fields, parsed))
    setView(next)
  }
  return { draft, setDraft, view, show, json, setJson, reading }
}

const parseMap = (text: string): Readonly<Record<string, JsonValue>> | null => {
  try {
    const value = JSON.parse(text) as JsonValue
    return mapAt(value) === value ? mapAt(value) : null
  } catch {
    return null
  }
}

const JsonView = (props: { text: string; fault: string | undefined; change: (text: string) => void }) => (
  <Textarea
    aria-label="Parameters as JSON"
    autosize
    minRows={6}
    maxRows={16}
    spellCheck={false}
    classNames={{ input: classes['mono'] ?? '' }}
    value={props.text}
    error={props.fault}
    onChange={(event) => props.change(event.currentTarget.value)}
  />
)

const views = [
  { value: 'form', label: 'Form' },
  { value: 'json', label: 'JSON' },
]

/** Asks what to run with, and says what a part run would do, before it starts. */
export const RunPanel = ({ part }: { part: Part | null }) => {
  const { engine, host } = useWorld()
  const value = useFlow((state) => state.draft?.content.value ?? null)
  const file = useFlow((state) => state.draft?.file ?? '')
  const fields = useMemo(() => parametersOf(value), [value])
  const { draft, setDraft, view, show, json, setJson, reading } = useParameters(fields, file)
  const [tried, setTried] = useState(false)
  const isRest = part?.mode === 'rest'
  const planned = usePartPlan(part, isRest ? {} : reading.values)
  const starting = useRunning((state) => state.asked === 'start')
  const refused = planned?.state === 'refused' || (planned?.state === 'known' && planned.plan.refusal !== null)
  // The rest of a run is asked the same as the run was.
  const asks = fields.length > 0 && !isRest
  const start = async () => {
    setTried(true)
    if (asks && Object.keys(reading.faults).length > 0) return
    host.mayNotify()
    if (asks) rememberValues(file, fields, reading.values)
    await startRun(engine, { parameters: asks ? reading.values : {}, selection: part })
  }
  // What was never touched is not wrong before somebody presses Run.
  const faults = tried ? reading.faults : withoutMissing(reading.faults, draft)
  return (
    <form
      className={classes['panel']}
      onSubmit={(event) => {
        event.preventDefault()
        void start()
      }}
    >
      <header className={classes['header']}>
        <h2>{titleOf(part)}</h2>
        {asks && <SegmentedControl size="xs" data={views} value={view} onChange={(next) => show(next as View)} />}
      </header>
      <div className={classes['body']}>
        {planned && <PartPlanView planned={planned} />}
        {asks && view === 'form' && <ParameterForm fields={fields} draft={draft} faults={faults} change={setDraft} />}
        {asks && view === 'json' && <JsonView text={json} fault={reading.faults['json']} change={setJson} />}
        {!asks && !part && <p className={classes['quiet']}>This flow has no parameters.</p>}
      </div>
      <footer className={classes['footer']}>
        <Button size="xs" variant="default" onClick={closeRunPanel}>
          Close
        </Button>
        <Button size="xs" type="submit" leftSection={<Play size={14} />} loading={starting} disabled={refused}>
          Run
        </Button>
      </footer>
    </form>
  )
}

const withoutMissing = (faults: Readonly<Record<string, string>>, draft: Draft): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(faults).filter(([name]) => draft[name] !== '' && draft[name] !== undefined))
