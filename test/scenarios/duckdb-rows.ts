import { DuckDBInstance } from '@duckdb/node-api'

/** The first row of a query on a DuckDB file (or on files, without one), as text. */
export const firstRow = async (sql: string, file = ':memory:'): Promise<Record<string, string>> => {
  const instance = await DuckDBInstance.create(file, file === ':memory:' ? {} : { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(sql)
    const [row] = reader.getRowObjectsJson()
    return Object.fromEntries(
      Object.entries(row ?? {}).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Changes a DuckDB file. */
export const execute = async (sql: string, file: string): Promise<void> => {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

/** Has a DuckDB file open, as another program may, until the answer is called. */
export const holdOpen = async (file: string): Promise<() => void> => {
  const instance = await DuckDBInstance.create(file)
  return () => instance.closeSync()
}
