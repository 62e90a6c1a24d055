import type { Engine } from '#renderer/rpc/engine.ts'
import { goTo, usePlace } from '#renderer/stores/navigation.ts'
import { wantRunFocused } from '#renderer/stores/first-run.ts'

const key = 'home-seen'

/** On a home where nothing ever was, a flow that is ready to run opens by itself: one press of Run, and it does. */
export const openFirstFlow = async (engine: Engine): Promise<void> => {
  const { client } = engine
  const flows = await client.flows.list()
  const runs = await client.runs.list({ limit: 1 })
  const { home } = await client.system.version()
  const isKnown = localStorage.getItem(key) === home
  // A library that somebody has emptied stays empty.
  localStorage.setItem(key, home)
  if (isKnown || flows.length + runs.length > 0) return
  const { name } = await client.flows.openStarter({ name: 'green-taxi' })
  // Meanwhile a person may have opened something, or the system for them.
  if (usePlace.getState().place.page !== 'flows') return
  wantRunFocused()
  goTo({ page: 'flow', name })
}
