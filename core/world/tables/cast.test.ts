import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Refused } from '#core/model/failure.ts'
import { castSql } from './cast.ts'
import { lazyDuckDB } from './duckdb.ts'
import { knownType } from './types.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-cast-'))
const duckdb = lazyDuckDB({ spill: join(folder, 'spill'), memoryLimit: 256 * 2 ** 20, threads: 1 })
afterAll(async () => {
  await duckdb.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The text of what a value becomes, or why it is refused. */
const cast = async (value: string, type: string, onBadValue: 'fail' | 'null' = 'fail'): Promise<unknown> => {
  const connection = await duckdb.connect(new AbortController().signal)
  try {
    await connection.run("SET TimeZone = 'UTC'")
    const made = `SELECT ${value} AS it`
    const [described] = await connection.describe(made)
    const to = await knownType(connection, 'it', type)
    const sql = castSql({ value: 'it', column: 'it', from: described?.type ?? '', to, onBadValue })
    const { rows } = await connection.ask(`SELECT CAST(${sql} AS VARCHAR) AS it FROM (${made})`)
    return rows[0]?.['it']
  } catch (error) {
    if (error instanceof Refused) return error.failure.message
    throw error
  } finally {
    connection.close()
  }
}

test.each([
  ['1.26::DOUBLE', 'DECIMAL(5,1)', /holds “1\.26”, which is no DECIMAL\(5,1\)\. Choose .* or round it/],
  ['1.26::FLOAT', 'DECIMAL(5,1)', /holds “1\.26”/],
  ['1.2345::DOUBLE', 'DECIMAL(38,3)', /holds “1\.2345”/],
  ['1.2356::DECIMAL(10,4)', 'DECIMAL(10,1)', /holds “1\.2356”.*round it/],
  ['123456789012345678.9::DECIMAL(30,1)', 'DOUBLE', /holds “123456789012345678\.9”/],
  ['9007199254740993::BIGINT', 'DOUBLE', /holds “9007199254740993”, which is no DOUBLE\. .*digits/],
  ['9223372036854775807::BIGINT', 'DOUBLE', /holds/],
  ['16777217::INTEGER', 'FLOAT', /holds “16777217”/],
  ['3.14159265358979::DOUBLE', 'FLOAT', /holds/],
  ['2::INTEGER', 'BOOLEAN', /holds “2”/],
  ['[1.5, 2]::DOUBLE[]', 'INTEGER[]', /holds “\[1\.5, 2\.0\]”/],
  ["TIMESTAMP '2020-01-01 23:59:59'", 'DATE', /holds “2020-01-01 23:59:59”, which is no DATE\. .*date_trunc/],
  ["TIMESTAMPTZ '2020-01-01 23:59:59+00'", 'DATE', /holds/],
  ["TIMESTAMP '2020-01-01 10:00:00.5'", 'TIMESTAMP_S', /holds/],
  ["TIMESTAMP '2020-01-01 10:00:00.1234'", 'TIMESTAMP_MS', /holds/],
  ["TIMESTAMP_NS '2020-01-01 10:00:00.123456789'", 'TIMESTAMP', /holds/],
  ["TIMESTAMP '2020-01-01 10:00:00'", 'TIME', /holds/],
  ["TIMETZ '10:00:00+05'", 'TIME', /holds/],
  ["'2020-01-01 10:00:00+05:00'", 'TIMESTAMP', /holds “2020-01-01 10:00:00\+05:00”.*TIMESTAMPTZ keeps a time zone/],
  ["'2020-1-1 1:00:00-05'", 'TIMESTAMP', /holds/],
  ["'2020-01-01T10:00:5Z'", 'TIMESTAMP', /holds/],
  ["'2020-01-01 10:00:00 UTC'", 'TIMESTAMP', /holds/],
  ["'2020-01-01 10:00:00.123456789'", 'TIMESTAMP', /holds.*TIMESTAMP_NS nine digits/],
  ["'2020-01-01 10:00:00.123456789+00'", 'TIMESTAMP WITH TIME ZONE', /holds/],
  ["'2020-01-01 10:00:00.5'", 'TIMESTAMP_S', /holds/],
  ["'2020-01-01 00:00:00+05:00'", 'DATE', /holds/],
  ["'2020-01-01 or later'", 'DATE', /holds/],
  ["'10:00:00+05'", 'TIME', /holds/],
  ["'10:00:00 PM'", 'TIME', /holds/],
  ["'2020-01-01 10:00:00'", 'TIME', /holds/],
  ["'10:00:00.1234567'", 'TIME', /holds/],
  ["'16777217'", 'FLOAT', /holds/],
  ["'15e-1'", 'DECIMAL(5,0)', /holds/],
  ["'[1.5]'", 'INTEGER[]', /holds/],
  ["'[1.26]'", 'DECIMAL(5,1)[]', /holds/],
  ["'1.5'::JSON", 'BIGINT', /holds “1\.5”/],
  ['\'["2020-01-01 10:00:00+05:00"]\'', 'TIMESTAMP[]', /holds/],
])('%s as %s would lose something: it is refused, or null when asked', async (value, type, message) => {
  expect(await cast(value, type)).toMatch(message)
  expect(await cast(value, type, 'null')).toBeNull()
})

test.each([
  ['1.2::DOUBLE', 'DECIMAL(5,1)', '1.2'],
  ['457399.033::DOUBLE', 'DECIMAL(38,18)', '457399.033000000000000000'],
  ['0.1::FLOAT', 'DECIMAL(5,1)', '0.1'],
  ['1.5000::DECIMAL(10,4)', 'DECIMAL(10,1)', '1.5'],
  ['715005.064::DECIMAL(38,18)', 'DOUBLE', '715005.064'],
  ['9007199254740994::BIGINT', 'DOUBLE', '9007199254740994.0'],
  ['1e22::DOUBLE', 'DECIMAL(38,2)', '10000000000000000000000.00'],
  ['1.26::DOUBLE', 'FLOAT', '1.26'],
  ["'nan'::DOUBLE", 'FLOAT', 'nan'],
  ['1.0::FLOAT', 'BOOLEAN', 'true'],
  ['[1.0, 2.0]::DOUBLE[]', 'INTEGER[]', '[1, 2]'],
  ["TIMESTAMP '2020-01-01 00:00:00'", 'DATE', '2020-01-01'],
  ["TIMESTAMP '2020-01-01 10:00:00.120'", 'TIMESTAMP_MS', '2020-01-01 10:00:00.12'],
  ["DATE '2020-01-01'", 'TIMESTAMP', '2020-01-01 00:00:00'],
  ["'2020-01-01T10:00:00.5'", 'TIMESTAMP', '2020-01-01 10:00:00.5'],
  ["'2020-01-01 10:00:00.123456000'", 'TIMESTAMP', '2020-01-01 10:00:00.123456'],
  ["'2020-01-01'", 'TIMESTAMP', '2020-01-01 00:00:00'],
  ["'2020-01-01 10:00:00.123456789'", 'TIMESTAMP_NS', '2020-01-01 10:00:00.123456789'],
  ["'2020-01-01 10:00:00+05:00'", 'TIMESTAMP WITH TIME ZONE', '2020-01-01 05:00:00+00'],
  ["'0044-03-15 (BC)'", 'DATE', '0044-03-15 (BC)'],
  ["'10:00'", 'TIME', '10:00:00'],
  ["'1.50e1'", 'DECIMAL(5,1)', '15.0'],
  ["'0.1'", 'FLOAT', '0.1'],
  ["'12'::JSON", 'BIGINT', '12'],
  ['NULL::DOUBLE', 'DECIMAL(5,1)', null],
  ['NULL::TIMESTAMP', 'TIME', null],
])('%s as %s is %s', async (value, type, expected) => {
  expect(await cast(value, type)).toBe(expected)
})
