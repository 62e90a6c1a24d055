import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { ProblemsTab, ProblemsCount } from '#renderer/features/problems/problems-tab.tsx'
import { DataTab } from '#renderer/features/data/data-tab.tsx'
import { TimelineTab } from '#renderer/features/timeline/timeline-tab.tsx'
import { YamlTab } from '#renderer/features/yaml/yaml-tab.tsx'
import { VersionsTab } from '#renderer/features/versions/versions-tab.tsx'
import { LogsTab } from '#renderer/features/logs/logs-tab.tsx'
import { showTab, usePanels } from '#renderer/stores/panels.ts'
import classes from './bottom-panel.module.css'

type Tab = { readonly name: string; readonly title: string; readonly aside?: ReactNode; readonly content: ReactNode }

const tabs: readonly Tab[] = [
  { name: 'logs', title: 'Logs', content: <LogsTab /> },
  { name: 'timeline', title: 'Timeline', content: <TimelineTab /> },
  { name: 'data', title: 'Data', content: <DataTab /> },
  { name: 'yaml', title: 'YAML', content: <YamlTab /> },
  { name: 'problems', title: 'Problems', aside: <ProblemsCount />, content: <ProblemsTab /> },
  { name: 'versions', title: 'Versions', content: <VersionsTab /> },
]

/** What a run tells, and the text of the flow. Only the tab that is seen is there. */
export const BottomPanel = () => {
  const tab = usePanels((panels) => panels.tab)
  const shown = tabs.find(({ name }) => name === tab) ?? tabs[0]
  return (
    <Tabs
      value={shown?.name ?? null}
      onChange={(name) => name !== null && showTab(name)}
      keepMounted={false}
      classNames={{
        root: classes['root'] ?? '',
        panel: classes['panel'] ?? '',
        list: classes['list'] ?? '',
        tab: classes['tab'] ?? '',
      }}
    >
      <Tabs.List>
        {tabs.map(({ name, title, aside }) => (
          <Tabs.Tab key={name} value={name} rightSection={aside}>
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
