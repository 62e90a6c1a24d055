import { FlowSettings } from '#renderer/features/flow-settings/flow-settings.tsx'
import { SeveralTasks } from '#renderer/features/task-settings/several-tasks.tsx'
import { TaskSettings } from '#renderer/features/task-settings/task-settings.tsx'
import { FormerSettings } from '#renderer/features/versions/former-settings.tsx'
import { useFlow } from '#renderer/stores/flow.ts'
import { useSelection } from '#renderer/stores/selection.ts'

/** What is selected, to be set: one task, several, or, with nothing selected, the flow. */
export const SettingsPanel = () => {
  const tasks = useFlow((state) => state.outline.tasks)
  const selected = useSelection((state) => state.tasks)
  const chosen = tasks.filter(({ id }) => selected.includes(id))
  const former = useFlow((state) => state.former)
  const [only] = chosen
  if (former) return <FormerSettings former={former} task={chosen.length === 1 ? (only ?? null) : null} />
  if (only === undefined) return <FlowSettings />
  return chosen.length === 1 ? <TaskSettings key={only.id} task={only} /> : <SeveralTasks tasks={chosen} />
}
