import { Button, Tabs } from '@mantine/core'
import { SearchX } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { DataTab } from '#renderer/features/data/data-tab.tsx'
import { LogsTab } from '#renderer/features/logs/logs-tab.tsx'
import { RunActions } from '#renderer/features/run/run-actions.tsx'
import { RunHeader } from '#renderer/features/run-page/run-header.tsx'
import { RunText } from '#renderer/features/run-page/run-text.tsx'
import { TaskList } from '#renderer/features/run-page/task-list.tsx'
import { TimelineTab } from '#renderer/features/timeline/timeline-tab.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { goTo } from '#renderer/stores/navigation.ts'
import { openPanels, showTab, usePanels } from '#renderer/stores/panels.ts'
import { useRun } from '#renderer/stores/run.ts'
import { openRun } from '#renderer/stores/running.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import panel from './bottom-panel.module.css'
import classes from './run-page.module.css'

const tabs: readonly { readonly name: string; readonly title: string; readonly content: ReactNode }[] = [
  { name: 'tasks', title: 'Tasks', content: <TaskList /> },
  { name: 'logs', title: 'Logs', content: <LogsTab /> },
  { name: 'timeline', title: 'Timeline', content: <TimelineTab /> },
  { name: 'data', title: 'Data', content: <DataTab /> },
  { name: 'flow', title: 'Flow', content: <RunText /> },
]

const useOpenRun = (flowRun: string): void => {
  const { engine } = useWorld()
  useEffect(() => {
    openPanels('run')
    showTab('tasks')
    return () => selectTasks([])
  }, [flowRun])
  // It is followed through every absence of the engine; what was told stays on the screen.
  useEffect(() => openRun(engine, flowRun), [engine, flowRun])
}

const RunTabs = () => {
  const tab = usePanels((panels) => panels.tab)
  const shown = tabs.find(({ name }) => name === tab) ?? tabs[0]
  return (
    <Tabs
      value={shown?.name ?? null}
      onChange={(name) => name !== null && showTab(name)}
      keepMounted={false}
      classNames={{
        root: `${panel['root'] ?? ''} ${classes['tabs'] ?? ''}`,
        panel: panel['panel'] ?? '',
        list: panel['list'] ?? '',
        tab: panel['tab'] ?? '',
      }}
    >
      <Tabs.List>
        {tabs.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ name, content }) => (
        <Tabs.Panel key={name} value={name}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

/** One run: what it is, and below it all that it tells. */
export const RunPage = ({ flowRun: id }: { flowRun: string }) => {
  useOpenRun(id)
  const flowRun = useRun((state) => state.flowRun)
  const failure = useRun((state) => state.failure)
  if (failure)
    return (
      <div role="alert" className={classes['missing']}>
        <EmptyState icon={SearchX} title="This run cannot be shown" text={failure.message}>
          <Button onClick={() => goTo({ page: 'runs' })}>Go to the runs</Button>
        </EmptyState>
      </div>
    )
  if (!flowRun) return null
  return (
    <div className={classes['page']}>
      <RunHeader flowRun={flowRun} actions={<RunActions />} />
      <RunTabs />
    </div>
  )
}
