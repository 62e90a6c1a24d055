import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkedExpression } from './expression.ts'
import { createTableEngine } from './tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-expression-'))
const secret = join(folder, 'secret.csv')
writeFileSync(secret, 'word\nhidden\n')
const engine = createTableEngine({ spill: folder, memoryLimit: 128 * 2 ** 20, threads: 1 })
const connection = await engine.connect(new AbortController().signal)

afterAll(async () => {
  connection.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  "a > 1 AND lower(b) = 'x'",
  "a IN (1, 2) OR b LIKE '%;%' -- why not",
  'CASE WHEN a > 1 THEN 2 ELSE 3 END',
  'CAST(a AS VARCHAR) || b',
  'row_number() OVER (PARTITION BY a ORDER BY b)',
  'list_transform([1, 2], x -> x + a)[1]',
  '"odd ""name" IS NOT NULL',
  "a = '/etc/passwd'",
  "b = 'x; DROP TABLE y'",
  "date_trunc('day', c) = DATE '2020-11-01'",
  'TRUE',
])('%s is an expression', async (expression) => {
  expect(await checkedExpression(connection, expression)).toBe(expression)
})

test.each([
  '1=1) ; DROP TABLE x; --',
  "1=1; COPY (SELECT 1) TO '/tmp/x'",
  "true) FROM read_csv('/etc/passwd') WHERE (true",
  `(SELECT word FROM '${secret}') = 'hidden'`,
  `a IN (SELECT word FROM read_csv('${secret}'))`,
  `EXISTS (FROM read_text('${secret}'))`,
  `(SELECT content FROM read_text('${secret}')) IS NOT NULL`,
  `a FROM '${secret}'`,
  'a UNION SELECT 1',
  'a LIMIT 1',
  'a WHERE b',
  'DISTINCT a',
  'a AS b',
  'a, b',
  '*',
  't.*',
  'COLUMNS(*) > 0',
  '$1 = 1',
  '? = 1',
  '',
  '   ',
  '-- nothing',
  '/* open',
  "getenv('HOME')",
  "current_setting('temp_directory')",
  "main.current_setting('temp_directory')",
  "a > 1 AND (b OR lower(Current_Setting('threads')) = '1')",
  "nextval('millrace_unknown_1') > 0",
  "json_serialize_plan('SELECT 1')",
  "query('SELECT 1')",
  'sleep_ms(100000)',
  "write_log('x')",
  'INSTALL httpfs',
  'PRAGMA threads=9',
  'SET threads = 9',
  "COPY x TO 'y'",
  '(WITH x AS (SELECT 1) SELECT * FROM x)',
  'a > ALL (SELECT 1)',
  'ARRAY(SELECT 1) = [1]',
])('%s is refused', async (expression) => {
  await expect(checkedExpression(connection, expression)).rejects.toMatchObject({ failure: { code: 'invalid' } })
})
