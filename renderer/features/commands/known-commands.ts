import type { Command } from '#renderer/stores/commands.ts'

/** What is told of a command where it cannot be run. */
export type KnownCommand = Pick<Command, 'id' | 'title' | 'group' | 'scope'> & { readonly keys: readonly string[] }

const key = 'known-commands'

const stored = (): readonly KnownCommand[] => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(value) ? (value as KnownCommand[]) : []
  } catch {
    return []
  }
}

/** Commands with keys that there are now, and those that other pages have offered before. */
export const rememberedCommands = (commands: Iterable<Command>): readonly KnownCommand[] => {
  const known = new Map(stored().map((command) => [command.id, command]))
  for (const { id, title, group, scope, keys } of commands)
    if (keys && keys.length > 0) known.set(id, { id, title, group, keys, ...(scope && { scope }) })
  return [...known.values()]
}

/** So that the page of keys can tell of the editor's too. */
export const rememberCommands = (commands: Iterable<Command>): void =>
  localStorage.setItem(key, JSON.stringify(rememberedCommands(commands)))
