import { Workflow } from 'lucide-react'
import { useState } from 'react'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { several } from '#renderer/stores/edits.ts'
import { extractTasks } from '#renderer/stores/flow.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { Picker } from './picker.tsx'
import { closeTool } from './tools.ts'
import { focusCanvas } from './view.ts'

const extract = async (engine: Engine, tasks: readonly string[], name: string): Promise<void> => {
  const task = await extractTasks(engine, tasks, name)
  if (task !== null) selectTasks([task])
}

/** Asks what the subflow is to be called. */
export const ExtractTasks = ({ tasks }: { tasks: readonly string[] }) => {
  const { engine } = useWorld()
  const [text, setText] = useState('')
  const name = text.trim()
  const what = several(tasks.length, tasks[0] ?? '', 'tasks')
  return (
    <Picker
      label="Name of the subflow"
      placeholder="Name of the subflow"
      at={null}
      text={text}
      onText={setText}
      choices={
        name === '' ? [] : [{ id: name, title: `Move ${what} to “${name}”`, icon: <Workflow size={14} aria-hidden /> }]
      }
      none={`A new flow will hold ${what}; one task here runs it.`}
      onPick={() => {
        closeTool()
        focusCanvas()
        void extract(engine, tasks, name)
      }}
    />
  )
}
