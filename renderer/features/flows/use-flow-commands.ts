import { useEffect } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { offerCommands } from '#renderer/stores/commands.ts'
import { goTo } from '#renderer/stores/navigation.ts'
import { importFile, newFlow, openFile } from './flow-list.ts'

/** What can be done with flows from anywhere. */
export const useFlowCommands = (): void => {
  const { engine, host } = useWorld()
  useEffect(
    () =>
      offerCommands([
        { id: 'flow.new', title: 'New flow', group: 'Flow', keys: ['Mod+N'], run: () => void newFlow(engine) },
        {
          id: 'flow.open',
          title: 'Open a flow file…',
          group: 'Flow',
          keys: ['Mod+O'],
          run: () => openFile(engine, host),
        },
        { id: 'flow.import', title: 'Import a flow…', group: 'Flow', run: () => importFile(engine, host) },
        { id: 'go.flows', title: 'Flows', group: 'Go', run: () => goTo({ page: 'flows' }) },
        { id: 'go.runs', title: 'Runs', group: 'Go', run: () => goTo({ page: 'runs' }) },
        { id: 'go.concurrency', title: 'Concurrency', group: 'Go', run: () => goTo({ page: 'concurrency' }) },
        { id: 'go.settings', title: 'Settings', group: 'Go', run: () => goTo({ page: 'settings' }) },
        {
          id: 'go.shortcuts',
          title: 'Keyboard shortcuts',
          group: 'Go',
          keys: ['Mod+/'],
          run: () => goTo({ page: 'shortcuts' }),
        },
      ]),
    [engine, host],
  )
}
