import type { LogLevel } from '#core/model/log-line.ts'
import type { LogGroup } from './messages.ts'

/** Lines that wait to be sent, those of one moment, task run and level together. */
export type LogGroups = {
  add(line: Omit<LogGroup, 'text' | 'at'>, lines: readonly string[]): void
  /** How many characters wait. */
  size(): number
  take(): LogGroup[]
}

type OpenGroup = { taskRun: string; at: number; level: LogLevel; whole: boolean; lines: string[] }

export const createLogGroups = (now: () => number): LogGroups => {
  let groups: OpenGroup[] = []
  let characters = 0
  return {
    add: ({ taskRun, level, whole }, lines) => {
      const at = now()
      const last = groups.at(-1)
      const fits = last && !last.whole && !whole && last.taskRun === taskRun && last.level === level && last.at === at
      const group = fits ? last : { taskRun, at, level, whole, lines: [] }
      if (group !== last) groups.push(group)
      for (const line of lines) {
        group.lines.push(line)
        characters += line.length + 1
      }
    },
    size: () => characters,
    take: () => {
      const taken = groups.map(({ lines, ...group }) => ({ ...group, text: lines.join('\n') }))
      groups = []
      characters = 0
      return taken
    },
  }
}
