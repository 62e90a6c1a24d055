import Sqlite from 'better-sqlite3'
import { Refused } from '#core/model/failure.ts'
import type { BlockChange, BlockRow, BlockRows } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { integer, json, text, type Row } from './row.ts'

export const blockRows = ({ prepare, read, write }: Access): BlockRows => {
  const all = prepare('select * from blocks order by type, name')
  const byName = prepare('select * from blocks where type = ? and name = ?')
  const put = prepare(`insert into blocks values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
    type = excluded.type, name = excluded.name, version = excluded.version, revision = excluded.revision,
    settings = excluded.settings, secrets = excluded.secrets, updated_at = excluded.updated_at`)
  const remove = prepare('delete from blocks where id = ?')
  const pending = prepare('select name from pending_secrets order by name')
  const addPending = prepare('insert or ignore into pending_secrets values (?)')
  const removePending = prepare('delete from pending_secrets where name = ?')
  const putTest = prepare('insert or replace into block_tests values (?, ?, ?, ?)')
  const lastTest = prepare('select * from block_tests where block = ?')

  const putBlock = (block: BlockRow) => refuseTaken(block, () => put.run(...valuesOf(block)))
  const apply = (change: BlockChange) => {
    if (change.remove !== undefined) remove.run(change.remove)
    if (change.put) putBlock(change.put)
    for (const name of change.pending ?? []) addPending.run(name)
    for (const name of change.settled ?? []) removePending.run(name)
  }

  return {
    list: async () => read(() => all.all().map(blockOf)),
    find: async (type, name) =>
      read(() => {
        const row = byName.get(type, name)
        return row === undefined ? undefined : blockOf(row)
      }),
    commit: async (...changes) => write(() => changes.forEach(apply)),
    pending: async () => read(() => pending.all().map((row) => text(row, 'name'))),
    recordTest: async ({ block, at, passed, stages }) =>
      write(() => {
        putTest.run(block, at, passed ? 1 : 0, JSON.stringify(stages))
      }),
    lastTest: async (block) =>
      read(() => {
        const row = lastTest.get(block)
        if (row === undefined) return null
        return { block, at: integer(row, 'at'), passed: integer(row, 'passed') === 1, stages: json(row, 'stages') }
      }),
  }
}

const valuesOf = (block: BlockRow): unknown[] => [
  block.id,
  block.type,
  block.name,
  block.version,
  block.revision,
  block.settings,
  block.secrets,
  block.createdAt,
  block.updatedAt,
]

const blockOf = (row: Row): BlockRow => ({
  id: text(row, 'id'),
  type: text(row, 'type'),
  name: text(row, 'name'),
  version: integer(row, 'version'),
  revision: integer(row, 'revision'),
  settings: text(row, 'settings'),
  secrets: text(row, 'secrets'),
  createdAt: integer(row, 'created_at'),
  updatedAt: integer(row, 'updated_at'),
})

const refuseTaken = ({ type, name }: BlockRow, work: () => unknown) => {
  try {
    work()
  } catch (cause) {
    if (!(cause instanceof Sqlite.SqliteError) || cause.code !== 'SQLITE_CONSTRAINT_UNIQUE') throw cause
    const message = `There is a block “block:${type}/${name}” already. Choose another name, or edit that one.`
    throw new Refused({ code: 'conflict', message }, { cause })
  }
}
