import type { Engine } from '#renderer/rpc/engine.ts'
import { align, distribute, sides, type Placed } from '#renderer/stores/arrange.ts'
import type { Command } from '#renderer/stores/commands.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import type { Position } from '#renderer/stores/outline.ts'
import { holdEdit } from '#renderer/stores/pending-edits.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import { showMoved } from './graph-store.ts'
import { thingOf, type Thing } from './scene.ts'
import { tidyPositions } from './tidy.ts'
import { keepMoved } from './use-drag.ts'

const selectedThings = (): readonly Thing[] => {
  const { outline } = useFlow.getState()
  const { tasks, marks } = useSelection.getState()
  return [...tasks, ...marks].flatMap((id) => thingOf(outline, id) ?? [])
}

/** Presses of arrow keys are one step until there is a pause. Milliseconds. */
const pause = 300

type Nudge = { by: Position; readonly things: readonly Thing[]; timer: number; readonly withdraw: () => void }
let nudge: Nudge | null = null

const nudged = ({ things, by }: Nudge): ReadonlyMap<string, Position> =>
  new Map(things.map(({ id, position }) => [id, [position[0] + by[0], position[1] + by[1]]]))

const finishNudge = (engine: Engine): void => {
  if (!nudge) return
  const done = nudge
  nudge = null
  clearTimeout(done.timer)
  done.withdraw()
  void keepMoved(engine, null, nudged(done))
}

const sameThings = (a: readonly Thing[], b: readonly Thing[]): boolean =>
  a.length === b.length && a.every(({ id }, index) => id === b[index]?.id)

const move = (engine: Engine, dx: number, dy: number): void => {
  if (nudge && !sameThings(nudge.things, selectedThings())) finishNudge(engine)
  nudge ??= { by: [0, 0], things: selectedThings(), timer: 0, withdraw: holdEdit(() => finishNudge(engine)) }
  nudge.by = [nudge.by[0] + dx, nudge.by[1] + dy]
  clearTimeout(nudge.timer)
  nudge.timer = window.setTimeout(() => finishNudge(engine), pause)
  showMoved(nudged(nudge))
}

const arrows = [
  ['ArrowLeft', -1, 0],
  ['ArrowRight', 1, 0],
  ['ArrowUp', 0, -1],
  ['ArrowDown', 0, 1],
] as const

const steps = [
  ['', 8],
  ['Shift+', 1],
] as const

const nothingToMove = () => (selectedThings().length === 0 ? 'Nothing is selected.' : null)

const moves = (engine: Engine): readonly Command[] =>
  arrows.flatMap(([key, x, y]) =>
    steps.map(([shift, step]): Command => ({
      id: `canvas.move.${shift}${key}`,
      title: `Move ${key.slice('Arrow'.length).toLowerCase()} by ${step} px`,
      group: 'Edit',
      keys: [shift + key],
      scope: 'canvas',
      disabled: nothingToMove,
      run: () => move(engine, x * step, y * step),
    })),
  )

const tidy = async (engine: Engine): Promise<void> => {
  const chosen = useSelection.getState().tasks
  const places = await tidyPositions(useFlow.getState().outline, chosen)
  await keepMoved(engine, chosen.length > 1 ? 'Tidy selection' : 'Tidy', places)
}

const fewerThan = (count: number) => () =>
  selectedThings().length < count ? `Select at least ${count} tasks, notes or frames.` : null

const arrange = (
  engine: Engine,
  label: string,
  placesOf: (things: readonly Placed[]) => ReadonlyMap<string, Position>,
): Promise<void> => keepMoved(engine, label, placesOf(selectedThings()))

/** What moves things. */
export const arrangeCommands = (engine: Engine): readonly Command[] => [
  ...moves(engine),
  { id: 'canvas.tidy', title: 'Tidy', group: 'Edit', keys: ['Shift+Alt+T'], run: () => tidy(engine) },
  ...sides.map((side): Command => ({
    id: `canvas.align.${side}`,
    title: `Align ${side}`,
    group: 'Edit',
    disabled: fewerThan(2),
    run: () => arrange(engine, `Align ${side}`, (things) => align(things, side)),
  })),
  ...(['across', 'down'] as const).map((direction): Command => ({
    id: `canvas.distribute.${direction}`,
    title: `Distribute ${direction}`,
    group: 'Edit',
    disabled: fewerThan(3),
    run: () => arrange(engine, `Distribute ${direction}`, (things) => distribute(things, direction)),
  })),
]
