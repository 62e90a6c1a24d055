import type { Engine } from '#renderer/rpc/engine.ts'
import { goTo } from '#renderer/stores/navigation.ts'
import { wantRunFocused } from '#renderer/stores/first-run.ts'

const key = 'first-flow-opened'

/** On a home where nothing ever was, a flow that is ready to run opens by itself: one press of Run, and it does. */
export const openFirstFlow = async (engine: Engine): Promise<void> => {
  const { client } = engine
  const flows = await client.flows.list()
  const runs = await client.runs.list({ limit: 1 })
  const { home } = await client.system.version()
  if (flows.length + runs.length > 0 || localStorage.getItem(key) === home) return
  localStorage.setItem(key, home)
  const { name } = await client.flows.openStarter({ name: 'green-taxi' })
  wantRunFocused()
  goTo({ page: 'flow', name })
}
