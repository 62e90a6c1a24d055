import { counted } from '#core/model/counted.ts'
import type { FlowRenamed } from '#core/model/flow-library.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { changeFlow, useFlow, whenSaved, type FlowState } from './flow.ts'
import { goTo } from './navigation.ts'
import { stepsAfter } from './steps-after.ts'

/** Of a renamed flow: that the flows that run it have followed; null where none does. */
export const followedInWords = ({ name, flows }: FlowRenamed): string | null => {
  if (flows.length === 0) return null
  const [run, names] = flows.length === 1 ? ['runs', 'names'] : ['run', 'name']
  return `${counted(flows.length, 'flow')} that ${run} it now ${names} ${name}: ${flows.join(', ')}.`
}

/** The flow opens anew under its new name; what could be taken back before still can. */
const keepSteps = ({ draft, undo, redo }: FlowState, renamed: string): void => {
  const stop = useFlow.subscribe(({ draft: now }) => {
    if (!now || now.file === draft?.file) return
    stop()
    if (now.library !== renamed) return
    const moved = (steps: FlowState['undo']) => stepsAfter(steps, draft?.text ?? '', now.text)
    useFlow.setState({ undo: moved(undo), redo: moved(redo) })
  })
}

/** The open flow gets a name. One of the library that goes by its name is renamed there, file and all. Throws the refusal. */
export const renameOpenFlow = async (engine: Engine, to: string): Promise<FlowRenamed | null> => {
  await whenSaved()
  const before = useFlow.getState()
  const library = before.draft?.library ?? null
  if (to === '' || to === before.outline.name) return null
  if (library === null || library !== before.outline.name || before.former !== null) {
    await changeFlow(engine, 'Rename the flow', { kind: 'set', path: ['name'], value: to })
    return null
  }
  const renamed = await engine.client.flows.rename({ name: library, to })
  keepSteps(before, renamed.name)
  goTo({ page: 'flow', name: renamed.name })
  return renamed
}
