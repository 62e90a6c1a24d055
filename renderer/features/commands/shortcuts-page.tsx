import { Kbd } from '@mantine/core'
import { useMemo } from 'react'
import { showKeys, useCommands, type Command } from '#renderer/stores/commands.ts'
import { Page } from '#renderer/ui/page.tsx'
import { rememberedCommands } from './known-commands.ts'
import classes from './shortcuts-page.module.css'

const groups: readonly Command['group'][] = ['Go', 'Flow', 'Run', 'Edit', 'Block', 'View']

/** Keys that belong to a part of the screen, not to a command. */
const others = [
  { keys: ['Enter', 'Space', 'Delete', 'Shift+ArrowDown'], title: 'Runs: open, choose, delete, choose on' },
  { keys: ['A', 'C', 'F2', 'Delete', 'Alt+ArrowUp'], title: 'Outline: add, connect, rename, delete, move' },
  { keys: ['Mod+F', 'Enter', 'Shift+Enter'], title: 'Logs: search, next match, match before' },
  { keys: ['Home', 'End', 'Enter'], title: 'Logs: beginning, follow the end, the line in full' },
] as const

const Line = ({ title, keys, note }: { title: string; keys: readonly string[]; note?: string }) => (
  <div className={classes['line']}>
    <dt>
      {title}
      {note !== undefined && <span>{note}</span>}
    </dt>
    <dd>
      {keys.map((one) => (
        <Kbd key={one} size="xs">
          {showKeys(one)}
        </Kbd>
      ))}
    </dd>
  </div>
)

/** Every command that has a key, also those of pages that are not open. */
export const ShortcutsPage = () => {
  const commands = useCommands((state) => state.commands)
  const known = useMemo(() => rememberedCommands(commands.values()), [commands])
  return (
    <Page title="Keyboard shortcuts">
      {/* Nothing in it takes the focus, and keys must scroll it. */}
      <div className={classes['page']} role="region" aria-label="Keyboard shortcuts" tabIndex={0}>
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h2>{group}</h2>
            <dl>
              {known
                .filter((command) => command.group === group)
                .map(({ id, title, keys, scope }) => (
                  <Line key={id} title={title} keys={keys} {...(scope === 'canvas' && { note: 'on the canvas' })} />
                ))}
            </dl>
          </section>
        ))}
        <section aria-label="Elsewhere">
          <h2>Elsewhere</h2>
          <dl>
            {others.map(({ title, keys }) => (
              <Line key={title} title={title} keys={keys} />
            ))}
          </dl>
        </section>
      </div>
    </Page>
  )
}
