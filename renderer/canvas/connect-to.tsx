import { ArrowRight, Clock } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { addOrder } from '#renderer/stores/edits.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { useSession } from '#renderer/stores/session.ts'
import { candidatesFor, type Candidate } from './connections.ts'
import { connectJoint } from './connect.ts'
import { makeEdit } from './make-edit.ts'
import { Picker } from './picker.tsx'
import { closeTool } from './tools.ts'
import { focusCanvas } from './view.ts'

const idOf = (candidate: Candidate): string =>
  candidate.kind === 'data' ? Object.values(candidate.joint).join('\n') : `${candidate.from}\n${candidate.to}`

const take = (engine: Engine, candidate: Candidate): Promise<boolean> =>
  candidate.kind === 'data'
    ? connectJoint(engine, candidate.joint)
    : makeEdit(engine, addOrder(useFlow.getState().outline, candidate))

const most = 200

/** Every input of another task that can take what this one gives. */
export const ConnectTo = ({ task }: { task: string }) => {
  const { engine } = useWorld()
  const outline = useFlow((state) => state.outline)
  const types = useSession((session) => session.taskTypes)
  const [text, setText] = useState('')
  const all = useMemo(() => candidatesFor(outline, types, task), [outline, types, task])
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = all.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word))).slice(0, most)
  const choices = found.map((candidate) => ({
    id: idOf(candidate),
    title: candidate.title,
    ...(candidate.kind === 'data' && candidate.taken && { detail: 'replaces' }),
    icon: candidate.kind === 'data' ? <ArrowRight size={14} aria-hidden /> : <Clock size={14} aria-hidden />,
  }))
  return (
    <Picker
      label={`Connect ${task} to`}
      placeholder={`Connect ${task} to …`}
      at={null}
      text={text}
      onText={setText}
      choices={choices}
      none="No other task can take what this one gives."
      onPick={({ id }) => {
        const candidate = found.find((one) => idOf(one) === id)
        closeTool()
        focusCanvas()
        if (candidate) void take(engine, candidate)
      }}
    />
  )
}
