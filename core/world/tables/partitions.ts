import type { Partition } from '#core/kinds/partition.ts'
import { guessType, inferTypes } from './csv-types.ts'
import type { Connection } from './duckdb.ts'
import type { Inferred } from './infer.ts'
import type { Scan } from './scan.ts'
import { identifier, text } from './sql.ts'

/** What the folders say of a column; undefined where they say nothing of it. */
export const partitionValue = ({ partition }: Pick<Scan, 'partition'>, name: string): string | null | undefined =>
  [...(partition ?? [])].find(([column]) => column.toLowerCase() === name.toLowerCase())?.[1]

/** Scans with the columns that their folders make, behind those of the files. */
export const withPartitions = (
  scans: readonly Scan[],
  partitions: readonly Partition[],
): { readonly scans: readonly Scan[]; readonly notes: readonly string[] } => {
  const own = new Set(scans.flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase())))
  const twice = new Set(partitions.flatMap((one) => [...one.keys()]).filter((name) => own.has(name.toLowerCase())))
  return {
    scans: scans.map((scan, index) => {
      const partition = new Map([...(partitions[index] ?? [])].filter(([name]) => !own.has(name.toLowerCase())))
      if (partition.size === 0) return scan
      const columns = [...partition.keys()].map((name) => ({ name, type: 'VARCHAR' }))
      return { ...scan, columns: [...scan.columns, ...columns], partition }
    }),
    notes: [...twice].map(
      (name) => `Column ${name} is in the files and in the names of their folders: read from the files.`,
    ),
  }
}

/** Their types, as those of text in CSV files. */
export const inferPartitions = (
  connection: Connection,
  scans: readonly Scan[],
  open: readonly string[],
): Promise<Inferred> => {
  const valuesOf = (name: string) => [...new Set(scans.map((scan) => partitionValue(scan, name) ?? null))]
  const guesses = new Map(open.map((name) => [name, guessType(valuesOf(name).filter((value) => value !== null))]))
  const from = (columns: readonly string[]) =>
    columns
      .map((name) => {
        const rows = valuesOf(name).map((value) => (value === null ? '(NULL)' : `(${text(value)})`))
        const others = columns.map((other) => (other === name ? `CAST(value AS VARCHAR)` : 'CAST(NULL AS VARCHAR)'))
        const fields = columns.map((other, index) => `${others[index]} AS ${identifier(other)}`)
        return `SELECT ${fields.join(', ')} FROM (VALUES ${rows.join(', ')}) AS folders (value)`
      })
      .join(' UNION ALL ')
  return inferTypes(guesses, from, { ask: async (select) => (await connection.ask(select)).rows[0] ?? {} })
}
