import type { StateStore } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { integer, integerOrNull, text } from './row.ts'

export const cache = ({ prepare, read, write }: Access): Pick<StateStore, 'cacheEntry' | 'removeCacheEntry'> => {
  const byKey = prepare('select * from cache where key = ?')
  const remove = prepare('delete from cache where key = ?')
  return {
    cacheEntry: (key) =>
      read(() => {
        const row = byKey.get(key)
        if (row === undefined) return null
        return {
          key,
          flowRun: text(row, 'flow_run'),
          taskRun: text(row, 'task_run'),
          createdAt: integer(row, 'created_at'),
          expiresAt: integerOrNull(row, 'expires_at'),
        }
      }),
    removeCacheEntry: (key) => write(() => remove.run(key)),
  }
}
