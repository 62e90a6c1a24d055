import { Tabs } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { EditPath } from '#core/model/flow-edit.ts'
import { arrivedAtField, useAttention } from '#renderer/stores/attention.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import type { TaskOutline } from '#renderer/stores/outline.ts'
import { useSession } from '#renderer/stores/session.ts'
import { focusField } from '#renderer/forms/focus-field.ts'
import { PortsTab } from './ports-tab.tsx'
import { RunOptionsTab } from './run-options-tab.tsx'
import { SettingsTab } from './settings-tab.tsx'
import { TaskHeader } from './task-header.tsx'
import { UnknownType } from './unknown-type.tsx'
import classes from './task-settings.module.css'

type TabName = 'settings' | 'options' | 'ports'

/** The tab on which a place within a task is shown. */
const tabOf = (section: EditPath[number] | undefined): TabName => {
  if (section === undefined || section === 'with' || section === 'type') return 'settings'
  return section === 'inputs' || section === 'after' ? 'ports' : 'options'
}

const tabs: readonly { readonly name: TabName; readonly title: string }[] = [
  { name: 'settings', title: 'Settings' },
  { name: 'options', title: 'Run options' },
  { name: 'ports', title: 'Inputs and outputs' },
]

const Count = ({ task, tab }: { task: string; tab: TabName }) => {
  const count = useFlow(
    (state) =>
      state.draft?.content.problems.filter(
        ({ path }) => path[0] === 'tasks' && path[1] === task && tabOf(path[2]) === tab,
      ).length ?? 0,
  )
  return count === 0 ? null : (
    <span className={classes['dot']} role="img" aria-label={count === 1 ? '1 problem' : `${count} problems`} />
  )
}

/** Goes to the field somebody asked for, once its tab is there. */
const useAskedField = (task: string, show: (tab: TabName) => void) => {
  const panel = useRef<HTMLDivElement>(null)
  const asked = useAttention((state) => state.field)
  useEffect(() => {
    if (!asked || asked[0] !== 'tasks' || asked[1] !== task) return
    show(tabOf(asked[2]))
    arrivedAtField()
    if (panel.current) focusField(panel.current, asked)
  }, [asked, show, task])
  return panel
}

/** Everything that can be set of one task. */
export const TaskSettings = ({ task }: { task: TaskOutline }) => {
  const type = useSession((session) => session.taskTypes.get(task.type))
  const [tab, setTab] = useState<TabName>('settings')
  const panel = useAskedField(task.id, setTab)
  return (
    <div className={classes['panel']} ref={panel}>
      <TaskHeader task={task} type={type} />
      <Tabs
        value={tab}
        onChange={(name) => setTab(tabs.find((one) => one.name === name)?.name ?? 'settings')}
        keepMounted={false}
        classNames={{
          root: classes['root'] ?? '',
          tab: classes['tab'] ?? '',
          list: classes['tabs'] ?? '',
          panel: classes['body'] ?? '',
        }}
      >
        <Tabs.List>
          {tabs.map(({ name, title }) => (
            <Tabs.Tab key={name} value={name} rightSection={<Count task={task.id} tab={name} />}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="settings" key={`${task.id} settings`}>
          {type ? <SettingsTab task={task} type={type} /> : <UnknownType task={task} />}
        </Tabs.Panel>
        <Tabs.Panel value="options" key={`${task.id} options`}>
          <RunOptionsTab task={task} />
        </Tabs.Panel>
        <Tabs.Panel value="ports" key={`${task.id} ports`}>
          <PortsTab task={task} type={type} />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}
