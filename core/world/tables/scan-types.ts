import { basename } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import type { InferredText } from './infer.ts'
import type { Types } from './scan-sql.ts'
import { partitionValue } from './partitions.ts'
import type { Scan } from './scan.ts'

type Settled = {
  readonly columns: readonly string[]
  readonly declared: Types
  readonly inferred: InferredText
}

/** One type for each column over all files: the declared one, or the one that all have, or the wider of two number types. */
export const columnTypes = (
  scans: readonly Scan[],
  { columns, declared, inferred }: Settled,
): { types: Types; warnings: readonly string[] } => {
  const warnings: string[] = []
  const types = columns.map((name): [string, string] => {
    const known = declared.get(name)
    if (known !== undefined) return [name, known]
    const found = scans.flatMap((scan) => {
      const type = typeIn(scan, name, inferred)
      return type === null ? [] : [{ path: scan.path, type }]
    })
    if (found.length === 0) return [name, 'VARCHAR']
    const type = found.map((one) => one.type).reduce((one, other) => widest(one, other) ?? drift(name, found))
    if (found.some((one) => one.type !== type)) {
      warnings.push(`Column ${name} has different types (${listed(found)}): read as ${type}.`)
    }
    return [name, type]
  })
  return { types: new Map(types), warnings }
}

/** Null where a file has no value in the column. */
const typeIn = (scan: Scan, name: string, inferred: Settled['inferred']): string | null => {
  const place = partitionValue(scan, name) === undefined ? scan.content : 'folders'
  if (place !== 'parquet') {
    const { types, empty } = inferred[place]
    return empty.includes(name) ? null : (types.get(name) ?? 'VARCHAR')
  }
  return scan.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.type ?? 'VARCHAR'
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
