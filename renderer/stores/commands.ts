import { create } from 'zustand'

/** Something a person can do, by key, menu, or command palette alike. */
export type Command = {
  /** For menus outside the page, for example `edit.undo`. */
  readonly id: string
  readonly title: string
  /** The title with what it would act on now, for menus. */
  titleNow?(): string
  /** The system's own command of this name; it tells the page by an event. */
  readonly role?: 'cut' | 'copy' | 'paste'
  /** Groups it in the palette. */
  readonly group: 'Flow' | 'Edit' | 'Run' | 'Block' | 'View' | 'Go'
  /** Keys as in `Mod+K`, `Shift+Alt+T`, `F2`; Mod is Cmd on a Mac and Ctrl elsewhere. */
  readonly keys?: readonly string[]
  /** `canvas`: single letters and the like, which act only while the canvas has the focus. */
  readonly scope?: 'canvas'
  /** The key is left to the page, which tells of it by an event of its own, as of a paste. */
  readonly byPage?: true
  /** Why it cannot be done now, or null. */
  disabled?(): string | null
  run(): void | Promise<void>
}

export const useCommands = create<{ readonly commands: ReadonlyMap<string, Command> }>(() => ({ commands: new Map() }))

/** Offers commands for as long as what offers them is there. */
export const offerCommands = (commands: readonly Command[]): (() => void) => {
  useCommands.setState((state) => {
    const next = new Map(state.commands)
    for (const command of commands) next.set(command.id, command)
    return { commands: next }
  })
  return () =>
    useCommands.setState((state) => {
      const next = new Map(state.commands)
      for (const command of commands) if (next.get(command.id) === command) next.delete(command.id)
      return { commands: next }
    })
}

export const runCommand = (id: string): void => {
  const command = useCommands.getState().commands.get(id)
  if (command && (command.disabled?.() ?? null) === null) void command.run()
}

const isMac = /Mac|iPhone/.test(navigator.platform)

/** The key of an event as commands write it. */
const keysOf = (event: KeyboardEvent): string => {
  const mod = isMac ? event.metaKey : event.ctrlKey
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  const other = isMac ? event.ctrlKey : event.metaKey
  return [other && 'Meta', mod && 'Mod', event.shiftKey && key.length > 0 && 'Shift', event.altKey && 'Alt', key]
    .filter(Boolean)
    .join('+')
}

/** `⌘K`, `Ctrl+K`: as the system writes keys. */
export const showKeys = (keys: string): string => {
  if (!isMac) return keys.replace('Mod', 'Ctrl')
  const signs: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Delete: '⌫' }
  return keys
    .split('+')
    .map((key) => signs[key] ?? key)
    .join('')
}

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('.cm-editor') !== null)

const canvasHasFocus = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[data-canvas]') !== null

/** While something is written, only keys with Mod, and function keys, are commands. */
const isMeant = ({ scope }: Command, keys: string, target: EventTarget | null): boolean => {
  if (scope === 'canvas') return canvasHasFocus(target) && !writes(target)
  return !writes(target) || keys.includes('Mod') || /^F\d+$/.test(keys)
}

/** Keys of the whole page. Editors of text keep undo and redo of their own. */
export const startKeys = (): void => {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return
    const keys = keysOf(event)
    for (const command of useCommands.getState().commands.values()) {
      if (command.byPage || !command.keys?.includes(keys) || !isMeant(command, keys, event.target)) continue
      if (command.id.startsWith('edit.') && writes(event.target)) continue
      if ((command.disabled?.() ?? null) !== null) continue
      event.preventDefault()
      void command.run()
      return
    }
  })
}
