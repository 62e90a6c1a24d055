import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstWords, givesRows, splitStatements } from './sql-statements.ts'

test.each([
  ['SELECT 1', ['SELECT 1']],
  [' SELECT 1 ; \n;; INSERT INTO t VALUES (2);', ['SELECT 1', 'INSERT INTO t VALUES (2)']],
  [`SELECT ';', ';''; ' ; SELECT ";"`, [`SELECT ';', ';''; '`, 'SELECT ";"']],
  ['-- first; one\nSELECT 1 -- not; two\n;/* a /* ; */ ; */ SELECT 2 /* ; */', ['SELECT 1', 'SELECT 2']],
  ['SELECT 1 /* inside; */ + 1; SELECT 2', ['SELECT 1 /* inside; */ + 1', 'SELECT 2']],
  ['SELECT $$ a; b $$; SELECT $x$ ; $$ ; $x$', ['SELECT $$ a; b $$', 'SELECT $x$ ; $$ ; $x$']],
  [String.raw`SELECT e'\'; ' ; SELECT 2`, [String.raw`SELECT e'\'; '`, 'SELECT 2']],
  [String.raw`SELECT date'\' ; SELECT 2`, [String.raw`SELECT date'\'`, 'SELECT 2']],
  [`SELECT 'never closed; SELECT 2`, [`SELECT 'never closed`, 'SELECT 2']],
  ['', []],
  ['-- nothing\n ; /* here */', []],
])('%j is %j', (sql, statements) => {
  expect(splitStatements(sql)).toEqual(statements)
})

test('statements that are put together come apart again', () => {
  const part = fc.constantFrom(`';'`, `';;'''`, '";"', '/* ; */ x', '-- ;\nx', '$$;$$', 'SELECT', '1', 'a.b')
  const statement = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => ['x', ...parts, 'y'].join(' '))
  fc.assert(
    fc.property(fc.array(statement), (statements) => {
      expect(splitStatements(statements.join(' ;\n'))).toEqual(statements)
    }),
  )
})

test('first words are one line, cut between words', () => {
  expect(firstWords('SELECT\n  1')).toBe('SELECT 1')
  expect(firstWords(`CREATE OR REPLACE TABLE report AS\nSELECT borough, count(*) FROM rides`)).toBe(
    'CREATE OR REPLACE TABLE report AS SELECT …',
  )
  expect(firstWords('x'.repeat(100))).toBe(`${'x'.repeat(40)} …`)
})

test.each([
  ['select count(*) from rides', true],
  ['FROM rides', true],
  ['(SELECT 1) UNION (SELECT 2)', true],
  ['WITH old AS (SELECT \'delete\' AS "insert") /* update */ SELECT * FROM old', true],
  ['WITH gone AS (DELETE FROM rides RETURNING *) SELECT * FROM gone', true],
  ['WITH old AS (SELECT 1) INSERT INTO rides SELECT * FROM old', false],
  ['EXPLAIN DELETE FROM rides', true],
  ['EXPLAIN ANALYZE DELETE FROM rides', false],
  ['drop table rides', false],
  ['selection', false],
])('%j asks for rows: %j', (statement, asks) => {
  expect(givesRows(statement)).toBe(asks)
})
