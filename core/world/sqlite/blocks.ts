import Sqlite from 'better-sqlite3'
import { Refused } from '#core/model/failure.ts'
import type { BlockChange, BlockRename, BlockRow, BlockRows } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { integer, integerOrNull, json, text, type Row } from './row.ts'

export const blockRows = ({ prepare, read, write }: Access): BlockRows => {
  const all = prepare('select * from blocks order by type, name')
  const byName = prepare('select * from blocks where type = ? and name = ?')
  const put =
    prepare(`insert into blocks (id, type, name, version, revision, settings, secrets, facts, created_at, updated_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
    type = excluded.type, name = excluded.name, version = excluded.version, revision = excluded.revision,
    settings = excluded.settings, secrets = excluded.secrets, facts = excluded.facts, updated_at = excluded.updated_at`)
  const remove = prepare('delete from blocks where id = ?')
  const pending = prepare('select name from pending_secrets order by name')
  const addPending = prepare('insert or ignore into pending_secrets values (?)')
  const removePending = prepare('delete from pending_secrets where name = ?')
  const use = prepare('update blocks set used_at = ? where id = ?')
  const renames = prepare('select * from pending_renames order by number')
  const addRename = prepare('insert into pending_renames (type, old_name, new_name) values (?, ?, ?)')
  const removeRename = prepare('delete from pending_renames where type = ? and old_name = ? and new_name = ?')
  const putTest = prepare('insert or replace into block_tests values (?, ?, ?, ?)')
  const lastTest = prepare('select * from block_tests where block = ?')

  const putBlock = (block: BlockRow) => refuseTaken(block, () => put.run(...valuesOf(block)))
  const apply = (change: BlockChange) => {
    if (change.remove !== undefined) remove.run(change.remove)
    if (change.put) putBlock(change.put)
    for (const name of change.pending ?? []) addPending.run(name)
    for (const name of change.settled ?? []) removePending.run(name)
    if (change.renamed) addRename.run(change.renamed.type, change.renamed.from, change.renamed.to)
    if (change.followed) removeRename.run(change.followed.type, change.followed.from, change.followed.to)
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
    pendingRenames: async () => read(() => renames.all().map(renameOf)),
    recordUse: async (block, at) =>
      write(() => {
        use.run(at, block)
      }),
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
  block.facts,
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
  facts: text(row, 'facts'),
  usedAt: integerOrNull(row, 'used_at'),
  createdAt: integer(row, 'created_at'),
  updatedAt: integer(row, 'updated_at'),
})

const renameOf = (row: Row): BlockRename => ({
  type: text(row, 'type'),
  from: text(row, 'old_name'),
  to: text(row, 'new_name'),
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
