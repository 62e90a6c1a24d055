import { basename } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import type { CsvHead } from './csv-head.ts'

/** One file to read. A CSV file has a head and its columns are text. */
export type Scan = { readonly path: string; readonly head: CsvHead | null; readonly columns: readonly Column[] }

type Types = ReadonlyMap<string, string>

/** One type for each column over all files: the declared one, or the one that all have, or the wider of two number types. */
export const columnTypes = (
  scans: readonly Scan[],
  { columns, declared, inferred }: { columns: readonly string[]; declared: Types; inferred: Types },
): { types: Types; warnings: readonly string[] } => {
  const warnings: string[] = []
  const types = columns.map((name): [string, string] => {
    const known = declared.get(name)
    if (known !== undefined) return [name, known]
    const found = scans.map((scan) => ({ path: scan.path, type: typeIn(scan, name, inferred) }))
    const type = found.map((one) => one.type).reduce((one, other) => widest(one, other) ?? drift(name, found))
    if (found.some((one) => one.type !== type)) {
      warnings.push(`Column ${name} has different types (${listed(found)}): read as ${type}.`)
    }
    return [name, type]
  })
  return { types: new Map(types), warnings }
}

const typeIn = (scan: Scan, name: string, inferred: Types): string => {
  const own = scan.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.type ?? 'VARCHAR'
  return scan.head === null ? own : (inferred.get(name) ?? own)
}

const numbers = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'FLOAT', 'DOUBLE']

/** The signed type that holds every value of an unsigned one. */
const signed: Readonly<Record<string, string>> = {
  UTINYINT: 'SMALLINT',
  USMALLINT: 'INTEGER',
  UINTEGER: 'BIGINT',
  UBIGINT: 'HUGEINT',
}

const widest = (one: string, other: string): string | null => {
  if (one === other) return one
  const ranks = [one, other].map((type) => numbers.indexOf(signed[type] ?? type))
  if (ranks.includes(-1)) return null
  const wider = numbers[Math.max(...ranks)] ?? null
  // A FLOAT does not hold every whole number.
  return wider === 'FLOAT' ? 'DOUBLE' : wider
}

type Found = readonly { path: string; type: string }[]

const drift = (name: string, found: Found): never => {
  throw new Refused({
    code: 'data',
    message: `Column “${name}” has types that do not go together: ${listed(found)}. Declare its type, for example types: { ${name}: VARCHAR }.`,
  })
}

/** `BIGINT in a.csv, DOUBLE in b.csv`, each type once. */
const listed = (found: Found): string =>
  [...Map.groupBy(found, ({ type }) => type)]
    .map(([type, files]) => `${type} in ${basename(files[0]?.path ?? '')}`)
    .join(', ')
