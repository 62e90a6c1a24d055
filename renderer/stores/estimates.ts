import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { TaskEstimate } from '#core/model/task-estimate.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useFlow } from './flow.ts'
import { useImported } from './imported.ts'
import { mapAt, type TaskOutline } from './outline.ts'
import { useSession } from './session.ts'

type Asked = {
  /** What the answer follows from, as it is written. */
  readonly key: string
  readonly answer: TaskEstimate
}

/** What the tasks of the open flow would read from databases that are paid for it, by task. */
export const useEstimates = create<{ readonly tasks: ReadonlyMap<string, Asked> }>(() => ({ tasks: new Map() }))

const holdsSql = (fields: readonly FieldDescription[]): boolean =>
  fields.some(({ widget }) => widget === 'sql') &&
  fields.some(({ widget, blocks }) => widget === 'block' && blocks?.includes('database') === true)

/** What all tasks read. */
const sharedBy = (flow: JsonValue): string => JSON.stringify([mapAt(flow, 'parameters'), mapAt(flow, 'variables')])

const keyOf = ({ raw }: TaskOutline, shared: string): string =>
  JSON.stringify([shared, raw['type'], raw['with'], raw['for_each'], raw['as']])

/** Nothing is asked while somebody types: milliseconds. */
const pause = 800

type Wanted = { readonly task: string; readonly key: string }

/** What has changed since it was asked; answers for what is gone are dropped. */
const wantedNow = (): { readonly file: string; readonly wanted: readonly Wanted[] } | null => {
  const { draft, outline, former } = useFlow.getState()
  if (!draft || former) return null
  const { taskTypes } = useSession.getState()
  const { tasks } = useEstimates.getState()
  const shared = sharedBy(draft.content.value)
  const asking = outline.tasks
    .filter(({ type }) => holdsSql(taskTypes.get(type)?.fields ?? []))
    .map((task) => ({ task: task.id, key: keyOf(task, shared) }))
  const still = new Map([...tasks].filter(([id, { key }]) => asking.some((one) => one.task === id && one.key === key)))
  if (still.size < tasks.size) useEstimates.setState({ tasks: still })
  return { file: draft.file, wanted: asking.filter(({ task }) => !still.has(task)) }
}

const askOne = async (engine: Engine, file: string, { task, key }: Wanted, signal: AbortSignal): Promise<void> => {
  const answer = await engine.client.flows
    .estimate({ file, task }, { signal })
    .catch((error: unknown): TaskEstimate => {
      return { kind: 'refused', message: failureOfCall(error).message }
    })
  if (signal.aborted) return
  const { tasks } = useEstimates.getState()
  useEstimates.setState({ tasks: new Map(tasks).set(task, { key, answer }) })
}

/** Asks one after the other, a while after the last change; the answer ends that. */
export const followEstimates = (engine: Engine): (() => void) => {
  let asking = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = async (signal: AbortSignal): Promise<void> => {
    const now = wantedNow()
    for (const one of now?.wanted ?? []) {
      if (signal.aborted || !now) return
      await askOne(engine, now.file, one, signal)
    }
  }
  const plan = () => {
    asking.abort()
    asking = new AbortController()
    clearTimeout(timer)
    const { signal } = asking
    timer = setTimeout(() => void ask(signal), pause)
  }
  const ends = [
    useFlow.subscribe((state, before) => {
      if (state.draft !== before.draft || state.former !== before.former) plan()
    }),
    useSession.subscribe((state, before) => {
      if (state.taskTypes !== before.taskTypes) plan()
    }),
    // What was not told of an imported flow is asked once somebody has looked at it.
    useImported.subscribe((state, before) => {
      if (state.touches !== null || before.touches === null) return
      useEstimates.setState({ tasks: new Map() })
      plan()
    }),
  ]
  plan()
  return () => {
    for (const end of ends) end()
    clearTimeout(timer)
    asking.abort()
    useEstimates.setState({ tasks: new Map() })
  }
}
