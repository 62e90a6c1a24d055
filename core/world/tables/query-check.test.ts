import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Column } from '#core/model/handle.ts'
import { containing } from '#test/fixtures/containing.ts'
import { checkedQuery } from './query-check.ts'
import { createTableEngine } from './tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-query-'))
const engine = createTableEngine({ spill: folder, memoryLimit: 128 * 2 ** 20, threads: 1 })

const columns = (all: Readonly<Record<string, string>>): readonly Column[] =>
  Object.entries(all).map(([name, type]) => ({ name, type }))

const tables = {
  trips: columns({
    VendorID: 'BIGINT',
    pickup: 'TIMESTAMP',
    dropoff: 'TIMESTAMP',
    PULocationID: 'BIGINT',
    DOLocationID: 'BIGINT',
    passenger_count: 'BIGINT',
    trip_distance: 'DOUBLE',
    fare_amount: 'DOUBLE',
    tip_amount: 'DOUBLE',
    total_amount: 'DOUBLE',
    payment_type: 'VARCHAR',
  }),
  zones: columns({ LocationID: 'BIGINT', Borough: 'VARCHAR', Zone: 'VARCHAR', service_zone: 'VARCHAR' }),
  'web-events': columns({
    id: 'UUID',
    seen: 'TIMESTAMP WITH TIME ZONE',
    body: 'JSON',
    tags: 'VARCHAR[]',
    props: 'STRUCT(a INTEGER, b VARCHAR)',
  }),
}

const sealed = await engine.openSealed(tables, new AbortController().signal)
afterAll(async () => {
  sealed.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

const check = (query: string) => checkedQuery(sealed, Object.keys(tables), query)

const everyday = [
  'SELECT * FROM trips',
  'select count(1) from trips;',
  'FROM trips LIMIT 100',
  'SELECT * FROM trips WHERE passenger_count <> 0 -- no empty rides; really\n;',
  'SELECT z.Borough, count(*) AS trips FROM trips t JOIN zones z ON t.PULocationID = z.LocationID GROUP BY 1 ORDER BY 2 DESC',
  `SELECT pickup, dropoff, total_amount, concat(zpu."Borough", ' / ', zpu."Zone") AS pickup_loc, concat(zdo."Borough", ' / ', zdo."Zone") AS dropoff_loc
   FROM trips t, zones zpu, zones zdo WHERE t."PULocationID" = zpu."LocationID" AND t."DOLocationID" = zdo."LocationID" LIMIT 100`,
  'SELECT "PULocationID" FROM trips WHERE "PULocationID" NOT IN (SELECT "LocationID" FROM zones) LIMIT 100',
  'SELECT CAST(dropoff AS DATE) AS day, COUNT(1) AS n, MAX(total_amount) AS most, MAX(passenger_count) FROM trips GROUP BY CAST(dropoff AS DATE) ORDER BY day ASC',
  'SELECT CAST(dropoff AS DATE), DOLocationID, COUNT(1), MAX(total_amount) FROM trips GROUP BY 1, 2 ORDER BY 1, 2',
  "SELECT date_trunc('month', pickup) AS revenue_month, service_zone, sum(fare_amount) FROM trips INNER JOIN zones ON PULocationID = LocationID GROUP BY 1, 2",
  `WITH trips AS (SELECT *, row_number() OVER (PARTITION BY VendorID, pickup) AS rn FROM trips WHERE VendorID IS NOT NULL)
   SELECT md5(concat_ws('-', VendorID, pickup)) AS tripid, * EXCLUDE (rn) FROM trips WHERE rn = 1`,
  `WITH green AS (SELECT *, 'Green' AS service_type FROM trips), yellow AS (SELECT *, 'Yellow' AS service_type FROM trips),
   trips_unioned AS (SELECT * FROM green UNION ALL SELECT * FROM yellow), dim_zones AS (SELECT * FROM zones WHERE Borough != 'Unknown')
   SELECT u.*, p.Borough AS pickup_borough, d.Borough AS dropoff_borough FROM trips_unioned u
   INNER JOIN dim_zones AS p ON u.PULocationID = p.LocationID INNER JOIN dim_zones AS d ON u.DOLocationID = d.LocationID`,
  `SELECT CASE payment_type WHEN '1' THEN 'Credit card' WHEN '2' THEN 'Cash' ELSE 'Unknown' END AS payment, avg(tip_amount) FROM trips GROUP BY ALL`,
  'SELECT extract(year FROM pickup) AS y, extract(quarter FROM pickup) AS q, sum(total_amount) AS revenue FROM trips GROUP BY y, q',
  `WITH q AS (SELECT date_trunc('quarter', pickup) AS quarter, sum(total_amount) AS revenue FROM trips GROUP BY 1)
   SELECT quarter, revenue, revenue / lag(revenue, 4) OVER (ORDER BY quarter) - 1 AS yoy FROM q`,
  'SELECT percentile_cont(0.97) WITHIN GROUP (ORDER BY fare_amount) AS p97, quantile_cont(fare_amount, [0.9, 0.95]) FROM trips',
  'SELECT VendorID, approx_count_distinct(PULocationID), approx_quantile(trip_distance, 0.9), mode(payment_type), median(tip_amount) FROM trips GROUP BY VendorID',
  'SELECT * FROM trips QUALIFY row_number() OVER (PARTITION BY PULocationID ORDER BY total_amount DESC) = 1',
  'SELECT DISTINCT ON (PULocationID) PULocationID, pickup FROM trips ORDER BY PULocationID, pickup DESC',
  'SELECT Borough, sum(total_amount) FROM trips JOIN zones ON PULocationID = LocationID GROUP BY ROLLUP (Borough) HAVING count(*) > 10',
  'SELECT Borough, Zone, grouping(Borough), count(*) FROM trips JOIN zones ON PULocationID = LocationID GROUP BY GROUPING SETS ((Borough, Zone), (Borough), ())',
  'SELECT avg(total_amount) OVER (ORDER BY pickup RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND CURRENT ROW) AS week FROM trips',
  'SELECT sum(tip_amount) FILTER (WHERE payment_type = \'1\') / nullif(sum(fare_amount), 0) AS rate FROM trips',
  'SELECT first_value(pickup) OVER w, ntile(4) OVER w FROM trips WINDOW w AS (PARTITION BY VendorID ORDER BY pickup)',
  'SELECT * FROM trips t LEFT JOIN LATERAL (SELECT Zone FROM zones z WHERE z.LocationID = t.PULocationID LIMIT 1) ON true',
  'SELECT * FROM trips SEMI JOIN zones ON PULocationID = LocationID',
  'SELECT * FROM trips ANTI JOIN zones ON PULocationID = LocationID',
  'SELECT t.pickup, z.Zone FROM trips t ASOF JOIN (SELECT pickup, PULocationID AS Zone FROM trips) z ON t.pickup >= z.pickup',
  'SELECT VendorID FROM trips INTERSECT SELECT LocationID FROM zones EXCEPT SELECT 1',
  'SELECT * FROM trips UNION ALL BY NAME SELECT * FROM zones',
  'PIVOT (SELECT Borough, service_zone FROM zones) ON service_zone IN (\'Yellow Zone\', \'Boro Zone\') USING count(*) GROUP BY Borough',
  'SELECT * FROM zones PIVOT (count(*) FOR Borough IN (\'Queens\', \'Bronx\'))',
  'UNPIVOT trips ON fare_amount, tip_amount INTO NAME kind VALUE amount',
  'SELECT * FROM trips UNPIVOT (amount FOR kind IN (fare_amount, tip_amount))',
  "SELECT COLUMNS('.*_amount') FROM trips",
  'SELECT min(COLUMNS(* EXCLUDE (payment_type))) FROM trips',
  "SELECT COLUMNS(c -> c LIKE '%amount') FROM trips",
  'SELECT * REPLACE (round(total_amount, 2) AS total_amount) FROM trips',
  'SELECT * RENAME (pickup AS pickup_datetime) FROM trips',
  `WITH RECURSIVE days(day) AS (SELECT DATE '2020-11-01' UNION ALL SELECT day + INTERVAL 1 DAY FROM days WHERE day < DATE '2020-11-30')
   SELECT day, count(pickup) FROM days LEFT JOIN trips ON pickup::DATE = day GROUP BY day`,
  "SELECT day FROM generate_series(DATE '2020-11-01', DATE '2020-11-30', INTERVAL 1 DAY) AS days(day)",
  'SELECT * FROM range(10) t(i), unnest([1, 2]) AS u(x)',
  `SELECT body->>'$.user.id' AS "user", json_extract_string(body, '$.type') AS type, unnest(tags) AS tag, props.a, props['b'] FROM "web-events"`,
  `SELECT e.id, j.value FROM "web-events" e, json_each(e.body) j`,
  `SELECT list_transform(tags, x -> upper(x)), list_filter(tags, lambda x: length(x) > 2), [t || '!' FOR t IN tags IF t <> ''], tags[1], tags[2:3] FROM "web-events"`,
  `SELECT {'a': 1, 'b': [1, 2]} AS s, MAP {'k': 2} AS m, struct_pack(x := 1), (1, 'two') AS r`,
  "SELECT seen AT TIME ZONE 'America/New_York' AS local, strftime(seen, '%Y-%m') AS month, epoch_ms(seen), time_bucket(INTERVAL 1 WEEK, seen) FROM \"web-events\"",
  "SELECT regexp_replace(Zone, '[^a-z]+', '-', 'g'), split_part(Zone, '/', 1), trim(Zone), Zone ILIKE 'jfk%', Zone SIMILAR TO 'J.*', Zone GLOB 'J*' FROM zones",
  "SELECT try_cast(payment_type AS INTEGER), coalesce(payment_type, 'none'), payment_type IS DISTINCT FROM '1', greatest(1, 2), ifnull(tip_amount, 0) FROM trips",
  'SELECT date_diff(\'minute\', pickup, dropoff) AS minutes, age(dropoff, pickup), dayname(pickup), last_day(pickup), pickup::DATE - 1 FROM trips',
  'SELECT string_agg(DISTINCT Zone, \', \' ORDER BY Zone), array_agg(Zone ORDER BY LocationID), arg_max(Zone, LocationID), histogram(Borough) FROM zones',
  'SELECT corr(trip_distance, fare_amount), regr_slope(fare_amount, trip_distance), stddev_samp(tip_amount), count(DISTINCT VendorID), bool_or(tip_amount > 0) FROM trips',
  'SELECT EXISTS (SELECT 1 FROM trips WHERE total_amount < 0), (SELECT max(LocationID) FROM zones), 5 = ANY (SELECT LocationID FROM zones), 1 IN (1, 2)',
  'WITH a AS MATERIALIZED (FROM zones), b AS (WITH a AS (SELECT 1 AS one) FROM a) SELECT * FROM a, b',
  'SELECT * FROM trips USING SAMPLE 10 PERCENT (bernoulli)',
  'SELECT * FROM trips TABLESAMPLE reservoir(100 ROWS) REPEATABLE (42)',
  'SUMMARIZE trips',
  'DESCRIBE SELECT * FROM zones',
  'TABLE zones',
  "VALUES (1, 'a'), (2, 'b')",
  'SELECT now() AS at, current_date AS today, random() AS r, uuid() AS id, version() AS v, hash(1) AS h',
  "SELECT Zone COLLATE NOCASE AS z, Zone BETWEEN 'A' AND 'B' AS b, NOT true AS n, -1 AS m, 7 // 2 AS d, 2 ** 3 AS p, 5 % 3 AS q, 'x' || 'y' AS c, 6 & 3 AS a FROM zones",
  'SELECT "Trips"."PULOCATIONID" FROM TRIPS AS "Trips" ORDER BY ALL',
  '/* all; of */ (SELECT 1 AS a) UNION (SELECT 2) /* them; */ ;',
] // prettier-ignore

test.each(everyday)('an everyday query: %s', async (query) => {
  const checked = await check(query)
  expect((await sealed.describe(checked)).length).toBeGreaterThan(0)
})

const notThere = /reads “.*”, which is no table coming in/
const qualified = /reads “.*\..*”\. Only the tables coming in can be read: trips, zones, "web-events"/
const rows = /reads rows from \w+\(\), which is not allowed here/
const none = /uses \w+\(\), which is none of the functions/
const other = /gives no rows of the tables coming in/

test.each<[string, RegExp]>([
  ['', /is empty/],
  ['-- nothing', /is empty/],
  ['SELECT 1; SELECT 2', /is more than one statement \(“SELECT 2”\)/],
  ['SELECT\n  1,\n  FROM trips WHERE', /cannot be read as SQL \(line 3\): it ends before it is complete\.$/],
  ['\n-- all\nSELECT 1\nFRM trips, zones', /\(line 4\): syntax error at or near "trips"\.$/],
  ['SELECT * FROM web-events', /A name with a hyphen is written in double quotes: "web-events"\./],
  ['SELECT * FROM trip', /“trip”, which is no table coming in\. There are: trips, zones, "web-events"\. Did you mean trips\?/],
  ['SELECT * FROM WEB_EVENTS', /Did you mean "web-events"\?/],
  ['SELECT lowr(Zone) FROM zones', /uses lowr\(\).*Did you mean lower\(\)\?/],
  ['SELECT 1) UNION (SELECT * FROM secrets', notThere],
  ['SELECT 1) x, (SELECT 2', /cannot be read as SQL/],
  ['SELECT /* open', /cannot be read as SQL/],
  ['SELECT * FROM main.trips', qualified],
  ['SELECT * FROM memory.main.trips', qualified],
  ['SELECT * FROM temp.millrace', qualified],
  ['SELECT * FROM information_schema.tables', qualified],
  ['SELECT * FROM trips AT (VERSION => 1)', /not allowed here \(AT\)/],
  // What WITH names is seen only where DuckDB sees it.
  ['WITH a AS (FROM b), b AS (SELECT 1) FROM a', notThere],
  ['WITH a AS (FROM a) FROM a', notThere],
  ['WITH RECURSIVE a AS (FROM a UNION ALL FROM a) FROM a', notThere],
  ['SELECT * FROM (WITH inner_one AS (SELECT 1) FROM inner_one), inner_one', notThere],
  ['SELECT (WITH x AS (SELECT 1) SELECT 1) FROM x', notThere],
  ['WITH "a.csv" AS (SELECT 1) FROM "a.csv"', /Use a name without/],
  ['WITH x AS (FROM read_text(\'a\')) SELECT 1', rows],
  ['PIVOT trips ON payment_type USING count(*)', /does not say the values that PIVOT makes columns of/],
  ['SHOW TABLES', other],
  ['FROM (SHOW ALL TABLES)', other],
  ['SELECT $1', /placeholder/],
  ['SELECT ?', /placeholder/],
  ['SELECT DEFAULT', /cannot be read as SQL|not allowed here|DEFAULT/],
  ['SELECT list_transform([1], x -> getvariable(\'a\'))', none],
  ['SELECT sum(1) OVER (ORDER BY current_setting(\'threads\'))', none],
  ['SELECT 1 ORDER BY getvariable(\'a\')', none],
  ['SELECT 1 LIMIT (SELECT count(*) FROM duckdb_settings())', rows],
  ['SELECT * REPLACE (getenv(\'HOME\') AS Zone) FROM zones', none],
  ['SELECT COLUMNS(c -> getenv(c) IS NULL) FROM zones', none],
  ['SELECT 1 FROM range(getvariable(\'a\'))', none],
  ['SELECT 1 FROM trips JOIN zones ON current_query() IS NULL', none],
  ['SELECT DISTINCT ON (current_query()) 1', none],
  ['SELECT 1 GROUP BY current_query()', none],
  ['SELECT CASE WHEN true THEN CAST((SELECT content FROM read_text(\'a\')) AS VARCHAR) END', rows],
  ['PIVOT trips ON payment_type IN (\'1\') USING max(getenv(payment_type))', none],
])('%s is refused', async (query, message) => {
  await expect(check(query)).rejects.toMatchObject({ failure: { code: 'invalid', message: containing(message) } })
}) // prettier-ignore

test('a NUL character, at which DuckDB would stop reading, is refused', async () => {
  await expect(check("SELECT 1 \0 FROM 'x.csv'")).rejects.toMatchObject({ failure: { message: containing(/NUL/) } })
})

/** Queries that name things within things; `duckdb_types` is a view of DuckDB's own wherever WITH does not hide it. */
const { query: anyQuery } = fc.letrec<{ query: string }>((tie) => {
  const name = fc.constantFrom('trips', 'duckdb_types')
  const inner = tie('query')
  return {
    query: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      name.map((from) => `SELECT * FROM ${from}`),
      fc.tuple(name, inner, inner).map(([as, body, rest]) => `WITH ${as} AS (${body}) ${rest}`),
      fc.tuple(name, inner, inner, inner).map(([as, first, next, rest]) => `WITH RECURSIVE ${as} AS ((${first}) UNION ALL (${next})) (${rest})`),
      fc.tuple(name, name, inner, inner).map(([one, two, first, next]) => `WITH ${one} AS (${first}), ${two} AS (${next}) SELECT * FROM ${one}, ${two} t`),
      fc.tuple(name, inner).map(([from, query]) => `SELECT * FROM ${from} a, LATERAL (${query}) b`),
      fc.tuple(name, inner).map(([from, query]) => `SELECT *, (SELECT count(*) FROM (${query})) AS n FROM ${from}`),
      fc.tuple(name, inner).map(([from, query]) => `SELECT * FROM ${from} ORDER BY (SELECT count(*) FROM (${query}))`),
      inner.map((query) => `SUMMARIZE (${query})`),
    ),
  }
}) // prettier-ignore

test('whatever WITH hides and shows, what is let through sees nothing of DuckDB’s own', async () => {
  let through = 0
  await fc.assert(
    fc.asyncProperty(anyQuery, async (query) => {
      const checked = await check(query).catch(() => null)
      if (checked === null) return
      const shown = await sealed.describe(checked).catch(() => [])
      if (shown.length > 0) through += 1
      const explained = await sealed.ask(`EXPLAIN ${checked}`).catch(() => ({ rows: [] }))
      expect(JSON.stringify([shown, explained.rows])).not.toMatch(/type_oid|DUCKDB_TYPES/)
    }),
    { numRuns: 500 },
  )
  expect(through).toBeGreaterThan(10)
})
