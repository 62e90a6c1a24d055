import type { UnionColumn } from '#core/kinds/relations.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { identifier } from './sql.ts'
import { widenSql } from './widen.ts'

/** A SELECT over tables that it names as `{input_0}`, `{input_1}` … */
export const unionSelect = (inputs: readonly TableHandle[], columns: readonly UnionColumn[]): string =>
  inputs
    .map((input, index) => {
      const fields = columns.map(({ name, type, from }) => {
        const column = input.columns.find((candidate) => candidate.name === from[index])
        const value = column
          ? widenSql(identifier(column.name), { column: column.name, from: column.type, to: type })
          : `CAST(NULL AS ${type})`
        return `${value} AS ${identifier(name)}`
      })
      return `SELECT ${fields.join(', ')} FROM {${unionInput(index)}}`
    })
    .join(' UNION ALL ')

export const unionInput = (index: number): string => `input_${index}`
