import type { Command } from '#renderer/stores/commands.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { goTo, type Place } from '#renderer/stores/navigation.ts'
import { taskOf, textAt, wiresInto, wiresOutOf, type Outline } from '#renderer/stores/outline.ts'
import { select, selectTasks, useSelection } from '#renderer/stores/selection.ts'
import { pointerPlace } from './clipboard.ts'
import { placeOf } from './layout.ts'
import { closeTool, openTool, useTools } from './tools.ts'
import { centre, fit, reveal, screenPlace, zoomBy } from './view.ts'

type Way = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

const topOf = (outline: Outline, id: string): number => {
  const task = taskOf(outline, id)
  return task ? placeOf(outline, task)[1] : 0
}

/** The next task along the wires: before, after, or beside it at the other wires of what it is wired with. */
const neighbour = (outline: Outline, task: string, way: Way): string | undefined => {
  const before = wiresInto(outline, task).map(({ from }) => from.task)
  const after = wiresOutOf(outline, task).map(({ to }) => to.task)
  const highest = (ids: readonly string[]) => ids.toSorted((a, b) => topOf(outline, a) - topOf(outline, b))[0]
  if (way === 'ArrowLeft') return highest(before)
  if (way === 'ArrowRight') return highest(after)
  const beside = new Set([
    ...before.flatMap((id) => wiresOutOf(outline, id).map(({ to }) => to.task)),
    ...after.flatMap((id) => wiresInto(outline, id).map(({ from }) => from.task)),
  ])
  const top = topOf(outline, task)
  const sorted = [...beside].filter((id) => id !== task).toSorted((a, b) => topOf(outline, a) - topOf(outline, b))
  return way === 'ArrowDown'
    ? sorted.find((id) => topOf(outline, id) >= top)
    : sorted.findLast((id) => topOf(outline, id) <= top)
}

const walk = (way: Way): void => {
  const { outline } = useFlow.getState()
  const last = useSelection.getState().tasks.at(-1)
  const next = last === undefined ? outline.tasks[0]?.id : neighbour(outline, last, way)
  const task = next === undefined ? undefined : taskOf(outline, next)
  if (!task) return
  selectTasks([task.id])
  reveal(placeOf(outline, task))
}

const addHere = (): void => {
  const position = pointerPlace() ?? centre()
  openTool({ tool: 'add', add: { position, at: screenPlace(position), wiring: null } })
}

/** Escape closes what is open, then lets go of what is selected. */
const stepOut = (): void => {
  if (useTools.getState().open) closeTool()
  else select({})
}

/** Where a subflow is: in the library by its name, else a file beside the one that is open. */
const placeOfFlow = (name: string): Place => {
  const { draft } = useFlow.getState()
  const inLibrary = (flow: string): Place => ({ page: 'flow', name: flow })
  if (!/\.(ya?ml|millrace)$/.test(name)) return inLibrary(name)
  if (draft?.library !== null && /^[^/\\]+\.yaml$/.test(name)) return inLibrary(name.slice(0, -'.yaml'.length))
  if (/^([a-z]:)?[/\\]/i.test(name)) return { page: 'file', path: name }
  const folder = (draft?.file ?? '').replace(/[^/\\]*$/, '')
  return { page: 'file', path: folder + name.replace(/^\.\//, '') }
}

const subflowOf = (id: string | undefined): string | null => {
  const task = id === undefined ? undefined : taskOf(useFlow.getState().outline, id)
  const flow = task?.type === 'flow.run' ? textAt(task.raw['with'], 'flow') : null
  return flow === null || flow === '' || flow.includes('{{') ? null : flow
}

export const openSubflow = (id: string | undefined): void => {
  const flow = subflowOf(id)
  if (flow !== null) goTo(placeOfFlow(flow))
}

const oneTask = () => (useSelection.getState().tasks.length === 1 ? null : 'Select one task.')

const chosen = () => useSelection.getState().tasks[0]

const connectTo = (): void => {
  const task = chosen()
  if (task !== undefined) openTool({ tool: 'connect', task })
}

const walks = (['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const).map((way): Command => ({
  id: `canvas.walk.${way}`,
  title: `Walk ${way.slice('Arrow'.length).toLowerCase()} along the wires`,
  group: 'Go',
  keys: [`Alt+${way}`],
  scope: 'canvas',
  run: () => walk(way),
}))

const zooming: readonly Command[] = [
  { id: 'canvas.fit', title: 'Fit the flow', group: 'View', keys: ['1'], scope: 'canvas', run: () => fit(useFlow.getState().outline) },
  { id: 'canvas.fit-selection', title: 'Fit the selection', group: 'View', keys: ['2'], scope: 'canvas', run: () => fit(useFlow.getState().outline, new Set(useSelection.getState().tasks)) },
  { id: 'canvas.zoom-in', title: 'Zoom in', group: 'View', keys: ['+', 'Shift++', '='], scope: 'canvas', run: () => zoomBy(1.25) },
  { id: 'canvas.zoom-out', title: 'Zoom out', group: 'View', keys: ['-'], scope: 'canvas', run: () => zoomBy(0.8) },
] // prettier-ignore

/** What looks, and what opens something on the canvas. */
export const viewCommands: readonly Command[] = [
  { id: 'task.add', title: 'Add a task', group: 'Edit', keys: ['A'], scope: 'canvas', run: addHere },
  { id: 'task.connect', title: 'Connect to …', group: 'Edit', keys: ['C'], scope: 'canvas', disabled: oneTask, run: connectTo },
  { id: 'canvas.find', title: 'Find a task', group: 'Go', keys: ['Mod+F'], scope: 'canvas', run: () => openTool({ tool: 'find' }) },
  { id: 'canvas.open-subflow', title: 'Open the subflow', group: 'Go', disabled: () => (subflowOf(chosen()) === null ? 'Select a task that runs a flow.' : null), run: () => openSubflow(chosen()) },
  { id: 'canvas.step-out', title: 'Step out', group: 'View', keys: ['Escape'], scope: 'canvas', run: stepOut },
  ...walks,
  ...zooming,
] // prettier-ignore
