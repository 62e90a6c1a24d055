import { Tabs } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import classes from './block-tabs.module.css'

/** A look at what a block leads to, as a tab on its page. */
export type BlockLook = { readonly name: string; readonly title: string; readonly content: ReactNode }

/** Which looks there are of a block. */
export type LooksOf = (block: Block, type: BlockTypeSummary) => readonly BlockLook[]

/** The settings of a block, and the looks at what it leads to beside them. */
export const BlockTabs = ({ looks, children }: { looks: readonly BlockLook[]; children: ReactNode }) => {
  const [tab, setTab] = useState('settings')
  if (looks.length === 0) return children
  return (
    <Tabs
      value={tab}
      onChange={(name) => setTab(name ?? 'settings')}
      keepMounted={false}
      classNames={{
        root: classes['root'] ?? '',
        list: classes['list'] ?? '',
        tab: classes['tab'] ?? '',
        panel: classes['panel'] ?? '',
      }}
    >
      <Tabs.List>
        <Tabs.Tab value="settings">Settings</Tabs.Tab>
        {looks.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="settings">{children}</Tabs.Panel>
      {looks.map(({ name, content }) => (
        <Tabs.Panel key={name} value={name}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
