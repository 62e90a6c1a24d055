import { expect, test } from 'vitest'
import { widerOrText, widerType } from './wider-type.ts'

test.each([
  ['BIGINT', 'BIGINT', 'BIGINT'],
  ['INTEGER', 'BIGINT', 'BIGINT'],
  ['UTINYINT', 'USMALLINT', 'USMALLINT'],
  ['UINTEGER', 'INTEGER', 'BIGINT'],
  ['UBIGINT', 'BIGINT', 'HUGEINT'],
  ['UHUGEINT', 'BIGINT', null],
  ['BIGINT', 'DOUBLE', 'DOUBLE'],
  ['FLOAT', 'INTEGER', 'DOUBLE'],
  ['FLOAT', 'DOUBLE', 'DOUBLE'],
  ['DECIMAL(12,2)', 'INTEGER', 'DECIMAL(12,2)'],
  ['DECIMAL(12,4)', 'BIGINT', 'DECIMAL(23,4)'],
  ['DECIMAL(38,4)', 'BIGINT', 'DECIMAL(38,4)'],
  ['DECIMAL(38,30)', 'BIGINT', null],
  ['DECIMAL(12,2)', 'DECIMAL(6,4)', 'DECIMAL(14,4)'],
  ['DECIMAL(12,2)', 'DOUBLE', 'DOUBLE'],
  ['DECIMAL(18,2)', 'DOUBLE', null],
  ['DATE', 'TIMESTAMP', 'TIMESTAMP'],
  ['TIMESTAMP_NS', 'TIMESTAMP', 'TIMESTAMP_NS'],
  ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', null],
  ['VARCHAR', 'BIGINT', null],
  ['BOOLEAN', 'INTEGER', null],
])('%s and %s go into %s without loss', (one, other, wider) => {
  expect(widerType(one, other)).toBe(wider)
  expect(widerType(other, one)).toBe(wider)
})

test.each([
  ['VARCHAR', 'TIMESTAMP', 'VARCHAR'],
  ['VARCHAR', 'DOUBLE', 'VARCHAR'],
  ['VARCHAR', 'BLOB', null],
  ['VARCHAR', 'INTEGER[]', null],
  ['BOOLEAN', 'INTEGER', null],
  ['INTEGER', 'DOUBLE', 'DOUBLE'],
])('with text allowed, %s and %s go into %s', (one, other, wider) => {
  expect(widerOrText(one, other)).toBe(wider)
  expect(widerOrText(other, one)).toBe(wider)
})
