import { ReactFlowProvider } from '@xyflow/react'
import { useEffect, useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import { FlowCanvas } from '#renderer/canvas/flow-canvas.tsx'
import { showTask } from '#renderer/canvas/show-task.ts'
import { ImportedFlow } from '#renderer/features/imported/imported-flow.tsx'
import { useLogCommands } from '#renderer/features/logs/logs-tab.tsx'
import { FormerNote } from '#renderer/features/versions/former-note.tsx'
import { StaleNote } from '#renderer/features/yaml/stale-note.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { closeFlow, openFlow, useFlow, type FlowPlace } from '#renderer/stores/flow.ts'
import { followEstimates } from '#renderer/stores/estimates.ts'
import { openPanels, resizePanel, usePanels, type PanelName } from '#renderer/stores/panels.ts'
import { followFlowRuns } from '#renderer/stores/running.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { keepVersion } from '#renderer/stores/versions.ts'
import { useSession } from '#renderer/stores/session.ts'
import { ResizeHandle } from '#renderer/ui/resize-handle.tsx'
import { BottomPanel } from './bottom-panel.tsx'
import { EditorBar } from './editor-bar.tsx'
import { LeftPanel } from './left-panel.tsx'
import { Refusals } from './refusals.tsx'
import { usePanelCommands } from './use-panel-commands.ts'
import { SettingsPanel } from './settings-panel.tsx'
import classes from './editor-page.module.css'

const useOpenFlow = (place: FlowPlace): { opened: boolean; failure: Failure | null } => {
  const { engine } = useWorld()
  // A flow that is open stays open while the engine is away.
  const connected = useSession(({ engine: { state } }) => state === 'connected' || state === 'lost')
  const [state, setState] = useState<{ opened: boolean; failure: Failure | null }>({ opened: false, failure: null })
  const key = JSON.stringify(place)
  useEffect(() => {
    if (!connected) return undefined
    let stop: (() => void) | null = null
    let left = false
    openPanels(key)
    openFlow(engine, JSON.parse(key) as FlowPlace).then(
      (end) => {
        if (left) return end()
        stop = end
        return setState({ opened: true, failure: null })
      },
      (error: unknown) => setState({ opened: false, failure: failureOfCall(error) }),
    )
    return () => {
      left = true
      void keepVersion(engine)
      stop?.()
      selectTasks([])
      closeFlow()
    }
  }, [connected, engine, key])
  return state
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

type Props = {
  readonly place: FlowPlace
  /** To be selected. */
  readonly task: string | null
  /** To be shown, with the flow as it ran. */
  readonly run: string | null
}

/** Palette, canvas, settings, and what a run tells, around one flow. */
export const EditorPage = ({ place, task, run }: Props) => {
  const { opened, failure } = useOpenFlow(place)
  useEffect(() => {
    if (opened && task !== null) showTask(task)
  }, [opened, task])
  const file = useFlow((state) => state.draft?.file ?? '')
  useFlowRuns(run)
  useFlowEstimates()
  useLogCommands()
  usePanelCommands()
  if (failure) return <p role="alert">{failure.message}</p>
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
