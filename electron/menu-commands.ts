import type { MenuCommand } from '#renderer/rpc/host.ts'

export type { MenuCommand } from '#renderer/rpc/host.ts'

const mostCommands = 500

const isText = (value: unknown): value is string => typeof value === 'string' && value.length < 200

const isRole = (value: unknown): value is MenuCommand['role'] =>
  value === null || value === 'cut' || value === 'copy' || value === 'paste'

/** What a window says of its commands, or null when it is not that. */
export const parseCommands = (given: unknown): readonly MenuCommand[] | null => {
  if (!Array.isArray(given) || given.length > mostCommands) return null
  const commands: MenuCommand[] = []
  for (const one of given as readonly unknown[]) {
    if (typeof one !== 'object' || one === null) return null
    const { id, title, group, keys, enabled, role } = one as Record<string, unknown>
    if (!isText(id) || !isText(title) || !isText(group) || !(keys === null || isText(keys))) return null
    if (typeof enabled !== 'boolean' || !isRole(role)) return null
    commands.push({ id, title, group, keys, enabled, role })
  }
  return commands
}

const named: Readonly<Record<string, string>> = {
  Mod: 'CommandOrControl',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  '+': 'Plus',
  ' ': 'Space',
}

const known = /^([A-Z0-9]|F\d{1,2}|Plus|Up|Down|Left|Right|Space|Enter|Escape|Delete|Backspace|Tab|[-=,./;'[\]\\`])$/

/** Keys as commands write them, as Electron does; null when it has no word for one. */
export const acceleratorOf = (keys: string): string | null => {
  const parts = keys.endsWith('+') ? [...keys.slice(0, -1).split('+').filter(Boolean), '+'] : keys.split('+')
  const words = parts.map((part) => named[part] ?? part)
  const key = words.at(-1) ?? ''
  const modifiers = words.slice(0, -1)
  const isKnown = known.test(key) && modifiers.every((word) => /^(CommandOrControl|Shift|Alt|Meta)$/.test(word))
  return isKnown ? words.join('+') : null
}
