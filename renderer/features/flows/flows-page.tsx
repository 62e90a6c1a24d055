import { Button, TextInput } from '@mantine/core'
import { Download, FolderOpen, Plus, Search, Workflow, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useBrought } from '#renderer/stores/brought.ts'
import { useSession } from '#renderer/stores/session.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { Page } from '#renderer/ui/page.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { FlowRow } from './flow-row.tsx'
import {
  attempt, dismissFailure, importFile, importText, newFlow, openFile, openStarter, useFlowList,
} from './flow-list.ts' // prettier-ignore
import { openFirstFlow } from './first-start.ts'
import classes from './flows-page.module.css'

const Starters = () => {
  const { engine } = useWorld()
  const starters = useFlowList((state) => state.starters)
  return (
    <section className={classes['starters']} aria-label="Starter flows">
      <h2>Starter flows</h2>
      <ul>
        {starters.map(({ name, title, description }) => (
          <li key={name}>
            <button type="button" className={classes['starter']} onClick={() => void openStarter(engine, name)}>
              <strong>{title}</strong>
              <span>{description}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

const Actions = ({ text, setText }: { text: string; setText(text: string): void }) => {
  const { engine, host } = useWorld()
  return (
    <>
      <TextInput
        size="xs"
        placeholder="Search flows"
        aria-label="Search flows"
        leftSection={<Search size={14} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button
        size="xs"
        variant="default"
        leftSection={<FolderOpen size={14} />}
        onClick={() => void openFile(engine, host)}
      >
        Open…
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<Download size={14} />}
        onClick={() => void importFile(engine, host)}
      >
        Import…
      </Button>
      <Button size="xs" leftSection={<Plus size={14} />} onClick={() => void newFlow(engine)}>
        New flow
      </Button>
    </>
  )
}

/** What was refused, and what can be done about it. */
const Refused = () => {
  const { engine } = useWorld()
  const failure = useFlowList((state) => state.failure)
  const clash = useBrought((state) => state.clash)
  const message = clash?.failure.message ?? failure?.message
  if (message === undefined) return null
  return (
    <div role="alert" className={classes['refused']}>
      <span>{message}</span>
      {clash && (
        <Button size="compact-xs" variant="light" onClick={() => void importText(engine, clash.text, true)}>
          Replace it; its versions stay
        </Button>
      )}
      <Button size="compact-xs" variant="subtle" color="gray" aria-label="Dismiss" onClick={dismissFailure}>
        <X size={14} />
      </Button>
    </div>
  )
}

const Library = ({ text }: { text: string }) => {
  const { engine } = useWorld()
  const now = useNow(true, 10_000)
  const flows = useFlowList((state) => state.flows) ?? []
  if (flows.length === 0)
    return (
      <div className={classes['first']}>
        <EmptyState
          icon={Workflow}
          title="No flows yet"
          text="A flow is a pipeline of tasks. Open this one, press Run, and see New York's green taxis go into a warehouse."
        >
          <Button onClick={() => void openStarter(engine, 'green-taxi')}>Open a starter flow</Button>
        </EmptyState>
      </div>
    )
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = flows.filter(({ name, description }) =>
    words.every((word) => `${name} ${description ?? ''}`.toLowerCase().includes(word)),
  )
  if (shown.length === 0) return <p className={classes['none']}>No flow fits “{text}”.</p>
  return (
    <ul className={classes['list']}>
      {shown.map((flow) => (
        <FlowRow key={flow.name} flow={flow} now={now} />
      ))}
    </ul>
  )
}

/** The library, and flows to begin with. */
export const FlowsPage = () => {
  const { engine } = useWorld()
  const connected = useSession((session) => session.engine.state === 'connected')
  const isRead = useFlowList((state) => state.flows !== null)
  const [text, setText] = useState('')
  useEffect(() => {
    if (!connected) return undefined
    void attempt(engine, () => openFirstFlow(engine))
    return engine.follow(
      (client, signal) => client.runs.watchList({}, { signal }),
      ({ changed }) =>
        changed.some(({ parent, endedAt }) => parent === null && endedAt !== null) && void attempt(engine),
    )
  }, [connected, engine])
  if (!isRead) return null
  return (
    <Page title="Flows" actions={<Actions text={text} setText={setText} />}>
      <Refused />
      <Library text={text} />
      <Starters />
    </Page>
  )
}
