import type { ConfigRows, LimitRows } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { integer, text } from './row.ts'

export const configRows = ({ prepare, read, write }: Access): ConfigRows => {
  const all = prepare('select * from config order by key')
  const put = prepare('insert or replace into config values (?, ?)')
  const remove = prepare('delete from config where key = ?')
  return {
    all: () => read(() => Object.fromEntries(all.all().map((row) => [text(row, 'key'), text(row, 'value')]))),
    set: (key, value) => write(() => put.run(key, value)),
    unset: (key) => write(() => remove.run(key)),
  }
}

export const limitRows = ({ prepare, read, write }: Access): LimitRows => {
  const all = prepare('select * from concurrency_limits order by tag')
  const put = prepare('insert or replace into concurrency_limits values (?, ?)')
  const remove = prepare('delete from concurrency_limits where tag = ?')
  return {
    list: () => read(() => all.all().map((row) => ({ tag: text(row, 'tag'), limit: integer(row, 'slots') }))),
    set: ({ tag, limit }) => write(() => put.run(tag, limit)),
    delete: (tag) => write(() => remove.run(tag)),
  }
}
