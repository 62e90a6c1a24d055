import type { SortKey } from '#core/kinds/relations.ts'
import { identifier } from './sql.ts'

export const orderSql = (keys: readonly SortKey[]): string =>
  keys.map(({ column, descending }) => `${identifier(column)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`).join(', ')
