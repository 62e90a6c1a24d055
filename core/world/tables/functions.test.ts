import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { textIn } from '#core/kinds/duckdb-answers.ts'
import { rowFunctions, tableFunctions } from './functions.ts'
import { createTableEngine } from './tables.ts'

/** What the lists leave out, by the reason. Every function of DuckDB is in a list or here: one that an upgrade brings is in neither. */
const leftOut: Readonly<Record<string, RegExp>> = {
  'tells or changes the session':
    /^(current_(catalog|connection_id|database|query|query_id|role|schema|schemas|setting|transaction_id)|currval|nextval|getvariable|setseed|txid_current|in_search_path|user|session_user)$/,
  'looks into the catalogue':
    /^(pg_.*|has_.*_privilege|inet_.*|.*_description|get_block_size|format_type|format_pg_type|map_to_pg_oid)$/,
  'writes, waits or stops': /^(write_log|sleep_ms|error)$/,
  'takes SQL as text or makes it': /^(json_serialize_sql|json_serialize_plan|json_deserialize_sql)$/,
  'serves the machinery of DuckDB':
    /^(__internal_.*|icu_collate_.*|icu_sort_key|st_.*|variant_(bytes_to_variant|normalize|to_parquet_variant)|can_cast_implicitly|cast_to_type|combine|constant_or_null|create_sort_key|finalize|get_type|make_type|is_histogram_other_bin|parse_duckdb_log_message|remap_struct|replace_type|stats|sum_no_overflow|timetz_byte_comparable|unpivot_list|vector_type)$/,
}

/** Of the functions that give tables, all but a few read files, settings, the catalogue, the log, or other tables by name. */
const leftOutTables =
  /^(read_.*|parquet_.*|sniff_csv|glob|arrow_scan.*|seq_scan|query|query_table|json_execute_serialized_sql|duckdb_.*|pragma_.*|pg_timezone_names|icu_calendar_names|enable_.*|disable_.*|checkpoint|force_checkpoint|truncate_duckdb_logs|check_peg_parser|which_secret|sql_auto_complete|summary|test_.*|histogram|histogram_values)$/

const allFunctions = async (): Promise<readonly { readonly name: string; readonly type: string }[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-functions-'))
  const engine = createTableEngine({ spill: folder, memoryLimit: 128 * 2 ** 20, threads: 1 })
  const connection = await engine.connect(new AbortController().signal)
  try {
    const { rows } = await connection.ask(
      'SELECT DISTINCT lower(function_name) AS name, function_type AS type FROM duckdb_functions() ORDER BY ALL',
    )
    return rows.map((row) => ({ name: textIn(row, 'name'), type: textIn(row, 'type') }))
  } finally {
    connection.close()
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const functions = await allFunctions()
const namesOf = (...types: readonly string[]): readonly string[] => [
  ...new Set(functions.filter(({ type }) => types.includes(type)).map(({ name }) => name)),
]

test('every function of DuckDB is of a kind that is known', () => {
  const kinds = ['aggregate', 'macro', 'pragma', 'scalar', 'table', 'table_macro']
  expect([...new Set(functions.map(({ type }) => type))].toSorted()).toEqual(kinds)
})

test('every function on rows is allowed, or left out for a reason', () => {
  const all = namesOf('scalar', 'aggregate', 'macro')
  const refused = (name: string) => Object.values(leftOut).some((pattern) => pattern.test(name))
  expect(all.filter((name) => !rowFunctions.has(name) && !refused(name))).toEqual([])
  expect(all.filter((name) => rowFunctions.has(name) && refused(name))).toEqual([])
})

test('every function that gives a table is allowed, or left out', () => {
  const all = namesOf('table', 'table_macro')
  expect(all.filter((name) => !tableFunctions.has(name) && !leftOutTables.test(name))).toEqual([])
  expect(all.filter((name) => tableFunctions.has(name) && leftOutTables.test(name))).toEqual([])
})

test('the lists hold nothing that DuckDB does not have', () => {
  const all = new Set(functions.map(({ name }) => name))
  // What it has without listing it.
  const builtIn = ['unnest']
  expect([...rowFunctions].filter((name) => !all.has(name) && !builtIn.includes(name))).toEqual([])
  expect([...tableFunctions].filter((name) => !all.has(name))).toEqual([])
})
