import { rm } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { z } from 'zod'
import { formatBytes } from '#core/kinds/bytes.ts'
import type { StorageClient } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import { givesRows, splitStatements } from '#core/kinds/sql-statements.ts'
import type { Files } from '#core/kinds/task-context.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import { folderContent } from './folder-content.ts'
import { withinBounds } from './within-bounds.ts'

/** Known to workers only; no flow can name these types. */
const known = { version: 1, group: 'source', icon: 'search', inputs: {} } as const

const block = field.block({ title: 'Block', blocks: ['database', 'storage'] })
const answer = { answer: { kind: 'value', title: 'Answer' } } as const

/** One query gives its first rows and changes nothing; anything else is run as one transaction. */
export const queryLook = defineTask({
  ...known,
  type: 'look.query',
  title: 'Ask a database',
  summary: 'The first rows of a query, or what statements did.',
  config: z.object({ block, sql: field.sql({ title: 'SQL' }), limit: field.integer({ title: 'Rows' }) }),
  outputs: answer,
  examples: [{ block: 'block:duckdb/warehouse', sql: 'SELECT 1', limit: 100 }],
  run: async ({ config: { block: reference, sql, limit }, blocks, tables, signal }) => {
    const [statement, ...more] = splitStatements(sql)
    if (statement === undefined)
      throw new Refused({ code: 'invalid', message: 'There is nothing to run. Write a statement.' })
    const database = await blocks.database(reference)
    if (more.length === 0 && givesRows(statement)) {
      const { columns, rows } = await database.query(statement, limit + 1)
      return { answer: { kind: 'value', value: { columns: [...columns], ...withinBounds(rows, limit) } } }
    }
    const { statements } = await database.execute({ sql, tables, loadId: null, signal })
    return { answer: { kind: 'value', value: { statements: [...statements] } } }
  },
})

export const browseLook = defineTask({
  ...known,
  type: 'look.browse',
  title: 'Look into a storage',
  summary: 'What lies directly in a folder.',
  config: z.object({ block, folder: field.text({ title: 'Folder' }) }),
  outputs: answer,
  examples: [{ block: 'block:local-file-system/lake', folder: 'data/' }],
  run: async ({ config, blocks, signal }) => {
    const storage = await blocks.storage(config.block)
    const content = await folderContent(storage.list(config.folder, signal), config.folder)
    return { answer: { kind: 'value', value: { ...content, location: storage.location } } }
  },
})

/** What is fetched for a preview at most; bytes. */
const mostFetched = 64 * 2 ** 20

const plainCsv = { header: true, delimiter: null, quote: '"', nulls: [''], quotedNulls: false } as const
const asItIs = { format: 'auto', types: {}, strict: false, badRows: 'fail', columns: null, csv: plainCsv } as const

export const peekLook = defineTask({
  ...known,
  type: 'look.peek',
  title: 'Preview an object',
  summary: 'The first rows of a CSV, JSON or Parquet object.',
  config: z.object({ block, name: field.text({ title: 'Object' }), limit: field.integer({ title: 'Rows' }) }),
  outputs: answer,
  examples: [{ block: 'block:local-file-system/lake', name: 'data/green.parquet', limit: 50 }],
  traits: { tables: 'reads' },
  run: async ({ config: { block: reference, name, limit }, blocks, files, tables, signal }) => {
    const storage = await blocks.storage(reference)
    const object = await storage.stat(name)
    if (!object)
      throw new Refused({ code: 'not-found', message: `There is no “${name}” in ${storage.location}. Look again.` })
    const { path, forget } = await within(storage, { ...object, name }, files, signal)
    try {
      const { table } = await tables.read([{ path }], asItIs)
      const rows = await tables.ask({ table }, `select * from {table} limit ${limit}`)
      const shown = withinBounds(rows, limit)
      const { bytes, modifiedAt } = object
      const rowCount = table.rows ?? (rows.length < limit ? rows.length : null)
      const value = { name, bytes, modifiedAt, columns: [...table.columns], rows: shown.rows, rowCount }
      return { answer: { kind: 'value', value } }
    } finally {
      await forget()
    }
  },
})

type Wanted = { readonly name: string; readonly bytes: number }

/** The object as a file of this machine. */
const within = async (
  storage: StorageClient,
  { name, bytes }: Wanted,
  files: Files,
  signal: AbortSignal,
): Promise<{ path: string; forget(): Promise<void> }> => {
  if (storage.localPath) return { path: await storage.localPath(name), forget: () => Promise.resolve() }
  if (bytes > mostFetched) {
    const message = `“${name}” is ${formatBytes(bytes)}: for a preview at most ${formatBytes(mostFetched)} are fetched. Take storage.download and table.read in a flow.`
    throw new Refused({ code: 'limit', message })
  }
  const path = join(files.scratch, posix.basename(name))
  await storage.download({ name, path, signal, progress: () => undefined })
  return { path, forget: () => rm(path, { force: true }) }
}
