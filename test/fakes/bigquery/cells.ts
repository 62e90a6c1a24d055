import type { Json } from '@duckdb/node-api'
import type { TableField } from './field-types.ts'

type Cell = { readonly v: Json | readonly Cell[] | { readonly f: readonly Cell[] } }

export type Row = { readonly f: readonly Cell[] }

/** Rows as `tabledata` and query results carry them: everything is text. */
export const rowOf = (values: readonly Json[], fields: readonly TableField[], int64Timestamps: boolean): Row => ({
  f: fields.map((field, index) => cellOf(values[index] ?? null, field, int64Timestamps)),
})

const cellOf = (value: Json, field: TableField, int64Timestamps: boolean): Cell => {
  if (field.mode === 'REPEATED') {
    const items = Array.isArray(value) ? value : []
    return { v: items.map((item) => cellOf(item, { ...field, mode: 'NULLABLE' }, int64Timestamps)) }
  }
  if (value === null) return { v: null }
  if (field.type === 'RECORD') {
    const record = value as Readonly<Record<string, Json>>
    return {
      v: rowOf(
        (field.fields ?? []).map(({ name }) => record[name] ?? null),
        field.fields ?? [],
        int64Timestamps,
      ),
    }
  }
  return { v: textOf(value, field, int64Timestamps) }
}

const textOf = (value: Json, { type }: TableField, int64Timestamps: boolean): string => {
  // A union comes as its member.
  const member = typeof value === 'object' && value !== null && 'value' in value ? value['value'] : value
  const plain = typeof member === 'string' ? member : JSON.stringify(member)
  switch (type) {
    case 'BYTES':
      return bytesOf(plain).toString('base64')
    case 'DATETIME':
      return plain.replace(' ', 'T')
    case 'TIMESTAMP': {
      const micros = microsOf(plain)
      return int64Timestamps ? String(micros) : (Number(micros) / 1e6).toExponential()
    }
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain
    default:
      return plain
  }
}

/** DuckDB writes bytes that are no plain letters as `\x00`. */
const bytesOf = (text: string): Buffer =>
  Buffer.from(
    text.replaceAll(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

const microsOf = (text: string): bigint => {
  const [, whole = '', fraction = ''] = /^(.*?)(?:\.(\d+))?\+00$/.exec(text) ?? []
  return BigInt(Date.parse(`${whole.replace(' ', 'T')}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0') || '0')
}
