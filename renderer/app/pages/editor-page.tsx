import { Button, Group } from '@mantine/core'
import { ReactFlowProvider } from '@xyflow/react'
import { FileX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import { FlowCanvas } from '#renderer/canvas/flow-canvas.tsx'
import { showTask } from '#renderer/canvas/show-task.ts'
import { ImportedFlow } from '#renderer/features/imported/imported-flow.tsx'
import { useLogCommands } from '#renderer/features/logs/logs-tab.tsx'
import { ElsewhereNote } from '#renderer/features/versions/elsewhere-note.tsx'
import { FormerNote } from '#renderer/features/versions/former-note.tsx'
import { StaleNote } from '#renderer/features/yaml/stale-note.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { closeFlow, useFlow, type FlowPlace } from '#renderer/stores/flow.ts'
import { openFlow } from '#renderer/stores/open-flow.ts'
import { followEstimates } from '#renderer/stores/estimates.ts'
import { goTo } from '#renderer/stores/navigation.ts'
import { openPanels, resizePanel, usePanels, type PanelName } from '#renderer/stores/panels.ts'
import { followFlowRuns } from '#renderer/stores/running.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { keepVersion } from '#renderer/stores/versions.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { ResizeHandle } from '#renderer/ui/resize-handle.tsx'
import { BottomPanel } from './bottom-panel.tsx'
import { EditorBar } from './editor-bar.tsx'
import { LeftPanel } from './left-panel.tsx'
import { Refusals } from './refusals.tsx'
import { usePanelCommands } from './use-panel-commands.ts'
import { SettingsPanel } from './settings-panel.tsx'
import classes from './editor-page.module.css'

const useOpenFlow = (place: FlowPlace): { opened: boolean; failure: Failure | null; tryAgain(): void } => {
  const { engine } = useWorld()
  const [state, setState] = useState<{ opened: boolean; failure: Failure | null }>({ opened: false, failure: null })
  const [tries, setTries] = useState(0)
  const key = JSON.stringify(place)
  useEffect(() => {
    const left = new AbortController()
    const { signal } = left
    openPanels(key)
    openFlow(engine, JSON.parse(key) as FlowPlace, signal).then(
      () => signal.aborted || setState({ opened: true, failure: null }),
      (error: unknown) => signal.aborted || setState({ opened: false, failure: failureOfCall(error) }),
    )
    return () => {
      left.abort()
      void keepVersion(engine)
      selectTasks([])
      closeFlow()
    }
  }, [engine, key, tries])
  return { ...state, tryAgain: () => setTries((before) => before + 1) }
}

/** The last run of the flow, and each that begins while it is open. */
const useFlowRuns = (run: string | null): void => {
  const { engine } = useWorld()
  const file = useFlow((state) => state.draft?.file ?? null)
  useEffect(() => (file === null ? undefined : followFlowRuns(engine, run)), [engine, file, run])
}

/** What tasks would read from databases that are paid for it. */
const useFlowEstimates = (): void => {
  const { engine } = useWorld()
  const file = useFlow((state) => state.draft?.file ?? null)
  useEffect(() => (file === null ? undefined : followEstimates(engine)), [engine, file])
}

const Panel = (props: {
  name: PanelName
  label: string
  edge: 'left' | 'right' | 'top'
  children: React.ReactNode
}) => {
  const { name, label, edge, children } = props
  const { open, size } = usePanels((panels) => panels[name])
  if (!open) return null
  return (
    <section className={classes[name]} style={edge === 'top' ? { height: size } : { width: size }} aria-label={label}>
      <ResizeHandle
        label={`Size of ${label.toLowerCase()}`}
        edge={edge}
        size={size}
        resize={(to) => resizePanel(name, to)}
      />
      {children}
    </section>
  )
}

/** Where a flow should be and is not, or cannot be read. */
const NotOpened = ({ message, tryAgain }: { message: string; tryAgain(): void }) => (
  <div role="alert" className={classes['missing']}>
    <EmptyState icon={FileX} title="This flow cannot be opened" text={message}>
      <Group gap={8} justify="center">
        <Button onClick={() => goTo({ page: 'flows' })}>Go to the flows</Button>
        <Button variant="default" onClick={tryAgain}>
          Try again
        </Button>
      </Group>
    </EmptyState>
  </div>
)

type Props = {
  readonly place: FlowPlace
  /** To be selected. */
  readonly task: string | null
  /** To be shown, with the flow as it ran. */
  readonly run: string | null
}

/** Palette, canvas, settings, and what a run tells, around one flow. */
export const EditorPage = ({ place, task, run }: Props) => {
  const { opened, failure, tryAgain } = useOpenFlow(place)
  useEffect(() => {
    if (opened && task !== null) showTask(task)
  }, [opened, task])
  const file = useFlow((state) => state.draft?.file ?? '')
  useFlowRuns(run)
  useFlowEstimates()
  useLogCommands()
  usePanelCommands()
  if (failure) return <NotOpened message={failure.message} tryAgain={tryAgain} />
  if (!opened) return null
  return (
    <ReactFlowProvider>
      <div className={classes['editor']}>
        <Refusals />
        <EditorBar />
        <ImportedFlow />
        <div className={classes['body']}>
          <Panel name="palette" label="Palette" edge="right">
            <LeftPanel />
          </Panel>
          <div className={classes['middle']}>
            <section className={classes['canvas']} aria-label="Canvas">
              <FlowCanvas key={file} />
              <StaleNote />
              <FormerNote />
              <ElsewhereNote />
            </section>
            <Panel name="bottom" label="Run and text" edge="top">
              <BottomPanel />
            </Panel>
          </div>
          <Panel name="settings" label="Settings" edge="left">
            <SettingsPanel />
          </Panel>
        </div>
      </div>
    </ReactFlowProvider>
  )
}
