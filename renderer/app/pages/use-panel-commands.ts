import { useEffect } from 'react'
import { offerCommands, type Command } from '#renderer/stores/commands.ts'
import { showLeft } from '#renderer/stores/left-panel.ts'
import { togglePanel } from '#renderer/stores/panels.ts'

const focusable = '[tabindex="0"], input:enabled, button:enabled:not([tabindex="-1"]), a[href], .cm-content'

/** The parts of the editor in the order they are seen. */
const panels = (): readonly HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>('main > * header, main section[aria-label], nav[aria-label]')].filter(
    (panel) => panel.offsetParent !== null && panel.querySelector(focusable) !== null && isOuter(panel),
  )

const isOuter = (panel: HTMLElement): boolean => panel.parentElement?.closest('main section[aria-label]') === null

const firstIn = (panel: HTMLElement): HTMLElement | null =>
  panel.querySelector<HTMLElement>('[data-canvas][tabindex], [role="tree"], [role="log"]') ??
  panel.querySelector<HTMLElement>(focusable)

const goToPanel = (step: 1 | -1): void => {
  const all = panels()
  const here = all.findIndex((panel) => panel.contains(document.activeElement))
  const next = all[(here + step + all.length) % all.length]
  if (next) firstIn(next)?.focus()
}

const focusOutline = (): void => {
  showLeft('outline')
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[role="tree"]')?.focus())
}

const commands: readonly Command[] = [
  { id: 'view.next-panel', title: 'Next panel', group: 'View', keys: ['F6'], run: () => goToPanel(1) },
  { id: 'view.panel-before', title: 'Panel before', group: 'View', keys: ['Shift+F6'], run: () => goToPanel(-1) },
  {
    id: 'view.palette',
    title: 'Show or hide the palette',
    group: 'View',
    keys: ['Mod+B'],
    run: () => togglePanel('palette'),
  },
  {
    id: 'view.bottom',
    title: 'Show or hide the bottom panel',
    group: 'View',
    keys: ['Mod+J'],
    run: () => togglePanel('bottom'),
  },
  {
    id: 'view.settings',
    title: 'Show or hide the settings',
    group: 'View',
    keys: ['Mod+.'],
    run: () => togglePanel('settings'),
  },
  { id: 'view.outline', title: 'Outline of the flow', group: 'View', keys: ['Mod+Shift+O'], run: focusOutline },
  { id: 'view.tasks', title: 'Task types to add', group: 'View', run: () => showLeft('palette') },
]

/** Between the panels of the editor, and each away and back. */
export const usePanelCommands = (): void => useEffect(() => offerCommands(commands), [])
