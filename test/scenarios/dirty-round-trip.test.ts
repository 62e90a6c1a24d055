import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { FileHandle, TableHandle } from '#core/model/handle.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { tableJobs } from '#test/fixtures/table-job.ts'
import { dirtyFile, type DirtyFile } from './dirty-file.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const numRuns = Number(process.env['RUNS'] ?? 100)

const jobs = tableJobs()
afterAll(jobs.close)

let files = 0
const keep = ({ bytes, compression }: DirtyFile): string => {
  files += 1
  const path = join(jobs.folder, `dirty-${files}.txt`)
  const packed = compression === 'gzip' ? gzipSync(bytes) : compression === 'zstd' ? zstdCompressSync(bytes) : bytes
  writeFileSync(path, packed)
  return path
}

type Read = { readonly table: TableHandle; readonly rejects: TableHandle | null; readonly log: readonly string[] }

const read = async (path: string, settings: Record<string, unknown>): Promise<Read | string> => {
  const { outcomes, log } = await jobs.run([
    { type: tableRead, taskRun: 'read', with: { path, ...settings }, taken: ['table', 'rejects'] },
  ])
  const outcome = outcomes[0]?.outcome
  if (outcome?.kind === 'failed' && outcome.failure.code === 'data') return outcome.failure.message
  if (outcome?.kind !== 'completed') throw new Error(JSON.stringify(outcome))
  const { table, rejects } = outcome.outputs
  if (table?.kind !== 'table') throw new Error('There is no table.')
  return { table, rejects: rejects?.kind === 'table' ? rejects : null, log }
}

/** All values as text, each first as the type that the table had before. */
const valuesOf = async (table: TableHandle, as: TableHandle = table): Promise<readonly string[]> => {
  const fields = as.columns.map(({ name, type }, index) => {
    const own = `"${(table.columns[index]?.name ?? name).replaceAll('"', '""')}"`
    return `CAST(CAST(${own} AS ${type}) AS VARCHAR) AS c${index}`
  })
  const rows = await jobs.askTable(table, `SELECT ${fields.join(', ')} FROM {input}`)
  return rows.map((row) => JSON.stringify(Object.values(row)))
}

const formats = [
  { format: 'parquet' },
  { format: 'csv' },
  { format: 'csv', delimiter: '|', compression: 'gzip' },
  { format: 'ndjson' },
  { format: 'json', compression: 'gzip' },
] as const

const checkRoundTrips = async (table: TableHandle): Promise<void> => {
  const before = (await valuesOf(table)).toSorted()
  for (const settings of formats) {
    const { outcomes } = await jobs.run([{ type: tableWrite, taskRun: 'write', with: settings, inputs: { table } }])
    const outcome = outcomes[0]?.outcome
    if (outcome?.kind !== 'completed') throw new Error(`${settings.format}: ${JSON.stringify(outcome)}`)
    const written = await read((outcome.outputs['file'] as FileHandle).path, {})
    if (typeof written === 'string') throw new Error(`${settings.format} cannot be read again: ${written}`)
    expect((await valuesOf(written.table, table)).toSorted(), JSON.stringify(settings)).toEqual(before)
  }
}

/** A number as programs write it, without anything that only a text has: 007, +1, 1E5. */
const number = /^(-?)(0|[1-9]\d*)?(?:\.(\d*))?(?:e([-+]?\d+))?$/i

/** Sign, digits and the place of the point, whichever way the number is written. */
const exactly = (text: string): string | null => {
  const [, sign = '', whole = '', part = '', exponent = '0'] = number.exec(text) ?? []
  if (whole + part === '' || /^-?\d+e\d/i.test(text)) return null
  const digits = (whole + part).replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  return kept === '' ? '0' : `${sign}${kept}e${Number(exponent) - part.length + digits.length - kept.length}`
}

const zoned = /^(\S+ \S+?)(?:Z|([-+]\d\d)(?::?00)?)$/

const sameText = (found: string | null, written: string | null): boolean => {
  if (found === null || written === null || found === written) return found === written
  if (/^(true|false)$/i.test(written)) return found === written.toLowerCase()
  const value = exactly(written)
  if (value !== null) return exactly(found) === value
  if (/^\d{4}-\d\d-\d\d$/.test(written)) return found === `${written} 00:00:00`
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+$/.test(written)) return found === written.replace(/\.?0+$/, '')
  const [one, other] = [zoned.exec(found), zoned.exec(written)]
  const moment = (match: RegExpExecArray) => Date.parse(`${match[1]}${match[2] === undefined ? 'Z' : `${match[2]}:00`}`)
  return one !== null && other !== null && moment(one) === moment(other)
}

const checkValues = async (table: TableHandle, rows: DirtyFile['rows']): Promise<void> => {
  const found = (await valuesOf(table)).map((row) => JSON.parse(row) as (string | null)[])
  expect(found).toHaveLength(rows.length)
  for (const [index, row] of rows.entries()) {
    const wrong = row.findIndex((written, column) => !sameText(found[index]?.[column] ?? null, written))
    if (wrong !== -1)
      throw new Error(`Row ${index}: ${JSON.stringify(found[index])} was written ${JSON.stringify(row)}`)
  }
}

test(`what is read of a dirty file is written and read again as it was, or the reader says what is wrong (seed ${seed})`, async () => {
  const told = { read: 0, refused: 0, rejected: 0 }
  await fc.assert(
    fc.asyncProperty(dirtyFile, async (dirty) => {
      const path = keep(dirty)
      const found = await read(path, dirty.settings)
      if (typeof found === 'string') {
        told.refused += 1
        expect(dirty.faults, found).not.toEqual([])
        expect(found).toMatch(
          dirty.isUtf16 ? /UTF-16/ : new RegExp(`line (${dirty.faults.join('|')}):|ends in the middle`),
        )
      } else {
        told.read += 1
        expect(dirty.faults, 'a fault that was not seen').toEqual([])
        await checkValues(found.table, dirty.rows)
        await checkRoundTrips(found.table)
      }
      if (dirty.faults.length === 0 || dirty.isUtf16) return
      const rest = await read(path, { ...dirty.settings, bad_rows: 'reject' })
      if (typeof rest === 'string') throw new Error(rest)
      told.rejected += 1
      expect(rest.table.rows).toBe(dirty.rows.length)
      if (!rest.rejects) throw new Error('There are no rejects.')
      const lines = await jobs.askTable(rest.rejects, 'SELECT line FROM {input} ORDER BY line')
      expect(lines.map((row) => row['line'])).toEqual(dirty.faults)
      await checkValues(rest.table, dirty.rows)
    }),
    { seed, numRuns, endOnFailure: true },
  )
  // Each kind of end came up.
  if (numRuns >= 100)
    expect(
      Object.values(told).every((times) => times > 0),
      JSON.stringify(told),
    ).toBe(true)
}, 600_000)
