import { expect } from 'vitest'
import { testWithPostgres } from '#test/fixtures/postgres.ts'
import { freshDatabase } from './testing/fresh-database.ts'
import { lossyProxy } from './testing/lossy-proxy.ts'
import { duckTables } from './testing/postgres-tables.ts'

const { duck, server, database, client, ask, rowsOf } = freshDatabase()
const some = (rows: number) => `SELECT range AS n, 'row ' || range AS t FROM range(${rows})`

testWithPostgres('rows are added, and the same load is made once however often it is asked for', async () => {
  const it = await client()
  const load = (loadId: string) => duck.load(it, some(10), { into: 'rides', loadId })
  expect(await load('a')).toMatchObject({ rows: 10, repeated: false })
  expect(await load('a')).toMatchObject({ rows: 10, repeated: true })
  expect(await load('b')).toMatchObject({ rows: 10, repeated: false })
  expect(await rowsOf('rides')).toBe(20)
  expect(await ask('SELECT load_id, table_name, row_count FROM _millrace_loads ORDER BY load_id')).toEqual([
    { load_id: 'a', table_name: 'rides', row_count: '10' },
    { load_id: 'b', table_name: 'rides', row_count: '10' },
  ])
})

testWithPostgres('attempts of one load at the same time load once', async () => {
  const it = await client()
  const attempts = await Promise.all(
    [1, 2, 3].map(async () => {
      const tables = duckTables()
      try {
        return await tables.load(it, some(5000), { into: 'taxi.rides', loadId: 'same' })
      } finally {
        await tables.close()
      }
    }),
  )
  expect(attempts.filter(({ repeated }) => !repeated)).toHaveLength(1)
  expect(await rowsOf('taxi.rides')).toBe(5000)
})

testWithPostgres(
  'merge replaces rows of the same key and adds the others, with a unique index and without one',
  async () => {
    const it = await client()
    await ask(
      "CREATE TABLE loose (id int, note text, made timestamptz DEFAULT now()); INSERT INTO loose VALUES (1, 'old'), (9, 'stays')",
    )
    for (const into of ['loose', 'keyed']) {
      const merge = (select: string) => duck.load(it, select, { into, mode: 'merge', keys: ['id'] })
      await merge("SELECT 1 AS id, 'first' AS note")
      expect(await merge("SELECT * FROM (VALUES (1, 'second'), (2, NULL)) AS t(id, note)")).toMatchObject({
        rows: 2,
        updated: 1,
      })
      expect(await ask(`SELECT id, note FROM ${into} WHERE id < 9 ORDER BY id`)).toEqual([
        { id: 1, note: 'second' },
        { id: 2, note: null },
      ])
      await expect(merge("SELECT * FROM (VALUES (5, 'a'), (5, 'b')) AS t(id, note)")).rejects.toThrow(
        /2 of the rows have the same key: id = 5/,
      )
      await expect(merge("SELECT NULL::INTEGER AS id, 'x' AS note")).rejects.toThrow(
        /1 of the rows have no value in the key column “id”/,
      )
    }
    expect(await rowsOf('loose')).toBe(3)
  },
)

testWithPostgres('rows go into the columns that a table has, when all values fit', async () => {
  const it = await client()
  await ask(`CREATE TYPE level AS ENUM ('low', 'high');
    CREATE DOMAIN code AS varchar(3);
    CREATE TABLE made (id bigserial PRIMARY KEY, "VendorID" int NOT NULL, amount numeric(12,4), ratio double precision, flag code, level level, doc jsonb, total int GENERATED ALWAYS AS (1) STORED)`)
  const select =
    "SELECT 7::BIGINT AS vendorid, 1.25::DECIMAL(4,2) AS amount, 0.5::FLOAT AS ratio, 'abc' AS flag, 'high' AS level, '{\"a\": 1}'::JSON AS doc"
  await duck.load(it, select, { into: 'made' })
  expect(await ask('SELECT * FROM made')).toEqual([
    { id: '1', VendorID: 7, amount: '1.2500', ratio: 0.5, flag: 'abc', level: 'high', doc: { a: 1 }, total: 1 },
  ])
})

testWithPostgres('what does not fit is told whole, before anything is written', async () => {
  const it = await client()
  await ask(
    'CREATE TABLE made (a text, b numeric(6,1), c int, d timestamp(3), e int NOT NULL); CREATE VIEW seen AS SELECT 1 AS a',
  )
  const select = "SELECT 1 AS a, 1.25::DECIMAL(4,2) AS b, 1.5::DOUBLE AS c, TIMESTAMP '2021-01-01' AS d, 1 AS f"
  await expect(duck.load(it, select, { into: 'made' })).rejects.toThrow(
    'The rows do not fit the table “made”: a is text in the table and INTEGER in the rows; b is numeric(6,1) in the table and DECIMAL(4,2) in the rows; ' +
      'c is integer in the table and DOUBLE in the rows; d is timestamp(3) without time zone in the table and TIMESTAMP in the rows; f (INTEGER) is not in the table; ' +
      'e must have a value, and is missing in the rows.',
  )
  await expect(duck.load(it, 'SELECT 1 AS a', { into: 'seen' })).rejects.toThrow(/“public.seen” is a view/)
  await expect(duck.load(it, 'SELECT 1 AS a', { into: '_millrace_loads' })).rejects.toThrow(/where loads are recorded/)
  await expect(duck.load(it, `SELECT 1 AS "${'ä'.repeat(32)}"`, { into: 'long' })).rejects.toThrow(/at most 63 bytes/)
  await expect(duck.load(it, 'SELECT 1 AS a', { into: 't', mode: 'merge', keys: ['b'] })).rejects.toThrow(
    /no column “b”, which is a key/,
  )
})

testWithPostgres('a value that does not fit is an error that names row and column, and nothing is loaded', async () => {
  const it = await client()
  await ask('CREATE TABLE narrow (n smallint, t varchar(5), c int CHECK (c < 10), u int UNIQUE)')
  const load = (n: string, t = "'x'", c = '1', u = 'range') =>
    duck.load(it, `SELECT ${n} AS n, ${t} AS t, ${c}::INTEGER AS c, ${u}::INTEGER AS u FROM range(10)`, {
      into: 'narrow',
    })
  await expect(load('range * 10000')).rejects.toThrow(
    /Row 5 of the load, column “n”: it holds 40000, which is outside of what smallint holds/,
  )
  await expect(load('range', "repeat('y', range)")).rejects.toThrow(
    /Row 7 of the load, column “t”: Value too long for type character varying\(5\)/,
  )
  await expect(load('range', "chr(0) || 'x'")).rejects.toThrow(/Row 1 of the load, column “t”: .*0x00.*NUL/s)
  await expect(load('range', "'x'", 'range * 2')).rejects.toThrow(/Row 6 of the load: .*violates check constraint/)
  await expect(load('range', "'x'", '1', 'range // 2')).rejects.toThrow(
    /Row 2 of the load: .*Key \(u\)=\(0\) already exists/,
  )
  await expect(duck.load(it, 'SELECT [[1], [2, 3]] AS l', { into: 'ragged' })).rejects.toThrow(
    /Row 1 of the load, column “l”: it holds lists of different lengths/,
  )
  await expect(
    duck.load(it, "SELECT TIMESTAMP_NS '2021-01-01 00:00:00.000000001' AS at", { into: 'fine' }),
  ).rejects.toThrow(/column “at”: it holds a time with nanoseconds/)
  expect(await rowsOf('narrow')).toBe(0)
  expect(await ask("SELECT to_regclass('ragged') AS it")).toEqual([{ it: null }])
})

testWithPostgres('a failure while the rows are computed is laid at the rows, and leaves nothing', async () => {
  const it = await client()
  const select =
    "SELECT CASE WHEN range < 50000 THEN range ELSE CAST('no number' AS BIGINT) END AS n FROM range(100000)"
  await expect(duck.load(it, select, { into: 'rides' })).rejects.toThrow(/no number/)
  expect(await ask("SELECT to_regclass('rides') AS it")).toEqual([{ it: null }])
})

testWithPostgres(
  'without the right to record loads, append is refused with the ways out; replace and merge go on',
  async () => {
    const person = await server().createPerson()
    await ask(
      `CREATE TABLE shared (n bigint PRIMARY KEY, t text); GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON shared TO ${person.user}`,
    )
    const it = await client({ person })
    await expect(duck.load(it, some(3), { into: 'shared' })).rejects.toMatchObject({
      failure: {
        code: 'denied',
        message: expect.stringMatching(
          /recorded in “public._millrace_loads”.*use the mode replace or merge/s,
        ) as string,
      },
    })
    await duck.load(it, some(3), { into: 'shared', mode: 'replace' })
    await duck.load(it, some(4), { into: 'shared', mode: 'merge', keys: ['n'] })
    expect(await rowsOf('shared')).toBe(4)
    await expect(duck.load(it, some(3), { into: 'fresh', mode: 'replace' })).rejects.toMatchObject({
      failure: { code: 'denied' },
    })
  },
)

/** Many rows, so that the load is under way when the first of them are told. */
const many = 400_000

const interrupted = async (interrupt: () => void, signal = new AbortController().signal) => {
  let begun = false
  const it = await client()
  return duck.load(it, some(many), {
    into: 'rides',
    loadId: 'one',
    signal,
    progress: () => {
      if (!begun) interrupt()
      begun = true
    },
  })
}

testWithPostgres('a connection that is ended in the middle leaves nothing; the next try loads once', async () => {
  const end = () =>
    void ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database()}' AND pid <> pg_backend_pid()`,
    )
  await expect(interrupted(end)).rejects.toMatchObject({ failure: { code: 'unavailable', retryable: true } })
  expect(await duck.load(await client(), some(many), { into: 'rides', loadId: 'one' })).toMatchObject({
    repeated: false,
  })
  expect(await rowsOf('rides')).toBe(many)
})

testWithPostgres(
  'a server that is restarted in the middle is a failure that may be tried again, and then loads once',
  async () => {
    let restarted = Promise.resolve()
    const crash = () => {
      restarted = server()
        .crash()
        .then(() => server().start())
    }
    await expect(interrupted(crash)).rejects.toMatchObject({ failure: { code: 'unavailable', retryable: true } })
    await restarted
    expect(await duck.load(await client(), some(many), { into: 'rides', loadId: 'one' })).toMatchObject({
      repeated: false,
    })
    expect(await rowsOf('rides')).toBe(many)
  },
)

// DuckDB ends a stream that has failed as if it were at its end.
testWithPostgres(
  'a row that cannot be computed late in the rows fails the load, and nothing of it is there',
  async () => {
    const late =
      "SELECT CASE WHEN range = 300000 THEN error('a late mistake') ELSE 'row ' || range END AS t FROM range(400000)"
    await expect(duck.load(await client(), late, { into: 'rides', loadId: 'one' })).rejects.toMatchObject({
      failure: { message: expect.stringContaining('a late mistake') as unknown },
    })
    expect(await ask("SELECT to_regclass('rides') AS it")).toEqual([{ it: null }])
  },
)

testWithPostgres('a load that is cancelled ends on the server too, and leaves nothing', async () => {
  const stop = new AbortController()
  await expect(interrupted(() => stop.abort(), stop.signal)).rejects.toMatchObject({ failure: { code: 'cancelled' } })
  expect(await ask("SELECT to_regclass('rides') AS it")).toEqual([{ it: null }])
  const others = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = '${database()}' AND application_name = 'millrace'`
  // The server hears of the end by its socket.
  await expect.poll(() => ask(others)).toEqual([{ n: 0 }])
})

testWithPostgres('when the answer to COMMIT is lost, the load asks whether it was made, and it was once', async () => {
  const proxy = await lossyProxy(server().port)
  try {
    const it = await client({ settings: { port: proxy.port } })
    await duck.load(it, some(1), { into: 'rides', loadId: 'before' })
    proxy.arm()
    expect(await duck.load(it, some(10), { into: 'rides', loadId: 'one' })).toMatchObject({ rows: 10, repeated: false })
    expect(proxy.cuts()).toBe(1)
    expect(await duck.load(it, some(10), { into: 'rides', loadId: 'one' })).toMatchObject({ rows: 10, repeated: true })
    expect(await rowsOf('rides')).toBe(11)
  } finally {
    await proxy.close()
  }
})

testWithPostgres('a connection that is ended by COMMIT itself has loaded nothing, and says so', async () => {
  const it = await client()
  await duck.load(it, some(1), { into: 'rides', loadId: 'before' })
  await ask(`CREATE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER ends AFTER INSERT ON rides DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ends()`)
  await expect(duck.load(it, some(5), { into: 'rides', loadId: 'one' })).rejects.toMatchObject({
    failure: { code: 'unavailable', retryable: true },
  })
  expect(await rowsOf('rides')).toBe(1)
})
