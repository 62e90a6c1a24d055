import { existsSync, statSync } from 'node:fs'
import type { TableOutput } from './ask-worker.ts'

/** Files outside the run that were written after it: the plan now reads other rows. */
export const changedSources = ({ table, taskRun }: Pick<TableOutput, 'table' | 'taskRun'>): readonly string[] => {
  const { endedAt } = taskRun
  if (table.path !== null || endedAt === null) return []
  return table.sources.filter((source) => existsSync(source) && statSync(source).mtimeMs > endedAt)
}
