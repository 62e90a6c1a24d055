import { Button } from '@mantine/core'
import { RotateCw, Square, Trash2, X } from 'lucide-react'
import { isTerminal } from '#core/model/state.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useRunList } from './run-list.ts'
import { cancelRuns, chooseNothing, deleteRuns, runAgain, runsChosen, useRunSelection } from './run-selection.ts'
import classes from './runs-page.module.css'

/** What can be done with the runs that are chosen. It floats, so that the list stays where it is. */
export const ChosenRuns = () => {
  const { engine } = useWorld()
  const selection = useRunSelection()
  useRunList((state) => state.rows)
  if (selection.chosen.size === 0) return null
  const runs = runsChosen(selection)
  const going = runs.filter(({ state }) => !isTerminal(state)).length
  const button = { size: 'xs', variant: 'subtle' } as const
  return (
    <div className={classes['chosen']} role="toolbar" aria-label="Chosen runs">
      <span>{runs.length === 1 ? '1 run' : `${runs.length} runs`} chosen</span>
      <Button {...button} leftSection={<RotateCw size={14} />} onClick={() => void runAgain(engine, runs)}>
        Run again
      </Button>
      <Button
        {...button}
        leftSection={<Square size={14} />}
        disabled={going === 0}
        onClick={() => void cancelRuns(engine, runs)}
      >
        {going > 0 && going < runs.length ? `Cancel ${going}` : 'Cancel'}
      </Button>
      <Button
        {...button}
        leftSection={<Trash2 size={14} />}
        disabled={going === runs.length}
        onClick={() => void deleteRuns(engine, runs)}
      >
        {going > 0 && going < runs.length ? `Delete ${runs.length - going}` : 'Delete'}
      </Button>
      <Button {...button} color="gray" aria-label="Choose nothing" px={8} onClick={chooseNothing}>
        <X size={14} />
      </Button>
    </div>
  )
}
