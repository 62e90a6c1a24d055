import type { JoinKind, JoinRule } from '#core/kinds/relations.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { identifier } from './sql.ts'
import { widenSql } from './widen.ts'

export type JoinSide = 'left' | 'right'
export type JoinSides = Readonly<Record<JoinSide, TableHandle>>

/** A SELECT over tables that it names as `{left}` and `{right}`. */
export const joinSelect = (sides: JoinSides, { how, keys, columns }: JoinRule): string => {
  const sql = { left: keysSql(sides, keys, 'left'), right: keysSql(sides, keys, 'right') }
  const fields = columns.map((column) => {
    const value =
      column.side === 'either'
        ? `coalesce(${sql.left[column.key]}, ${sql.right[column.key]})`
        : `${column.side}_rows.${identifier(column.from)}`
    return `${value} AS ${identifier(column.name)}`
  })
  const condition = keys.map((_, index) => `${sql.left[index]} = ${sql.right[index]}`).join(' AND ')
  return `SELECT ${fields.join(', ')} FROM {left} AS left_rows ${joinWords[how]} {right} AS right_rows ON ${condition}`
}

const joinWords: Readonly<Record<JoinKind, string>> = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
}

/** The keys of one side, of its rows named `left_rows` or `right_rows`, as the types they are compared as. */
export const keysSql = (sides: JoinSides, keys: JoinRule['keys'], side: JoinSide): readonly string[] =>
  keys.map((key) => {
    const column = sides[side].columns.find(({ name }) => name === key[side])
    if (!column) throw new Error(`The ${side} table has no column ${key[side]}.`)
    const value = `${side}_rows.${identifier(column.name)}`
    return widenSql(value, { column: column.name, from: column.type, to: key.type })
  })
