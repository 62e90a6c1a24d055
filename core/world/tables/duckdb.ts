import { mkdirSync } from 'node:fs'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { exactNumber, textIn } from '#core/kinds/duckdb-answers.ts'
import type { Column, JsonValue } from '#core/model/handle.ts'
import { Refused } from '#core/model/failure.ts'
import { refusalOf } from './refusals.ts'

export type DuckDBOptions = {
  /** A folder of this process alone, where DuckDB spills what does not fit the limit. Made when needed. */
  readonly spill: string
  /** Bytes. */
  readonly memoryLimit: number
  readonly threads: number
}

export type Row = Readonly<Record<string, JsonValue>>

/** One connection of the in-memory database. Whoever opens it closes it; temporary things go with it. */
export type Connection = {
  run(sql: string): Promise<{ rowsChanged: number }>
  ask(sql: string): Promise<{ columns: readonly Column[]; rows: readonly Row[] }>
  describe(select: string): Promise<readonly Column[]>
  /** For what must be put back after an abort too: a transaction, an attached file, a setting. Never throws. */
  cleanUp(sql: string): Promise<void>
  close(): void
}

export type DuckDB = {
  connect(signal: AbortSignal): Promise<Connection>
  close(): Promise<void>
}

/** Loaded at first use: starting DuckDB costs more than most programs that never use it. */
export const lazyDuckDB = (options: DuckDBOptions): DuckDB => {
  let instance: Promise<DuckDBInstance> | null = null
  const open = () => {
    instance ??= openInstance(options).catch((error: unknown) => {
      instance = null
      throw error
    })
    return instance
  }
  return {
    connect: async (signal) => {
      const opened = await open()
      return connection(await opened.connect(), signal, () => {
        instance = null
      })
    },
    close: async () => {
      const opened = await instance?.catch(() => null)
      instance = null
      opened?.closeSync()
    },
  }
}

const openInstance = async ({ spill, memoryLimit, threads }: DuckDBOptions): Promise<DuckDBInstance> => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  mkdirSync(spill, { recursive: true })
  return DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor(memoryLimit / 1024)}KiB`,
    temp_directory: spill,
    threads: String(threads),
    // Keeping the order of rows makes a large copy hold everything: under this limit it takes more than twice as long.
    preserve_insertion_order: 'false',
    // Memory that a job leaves goes back at once: a warm worker stays small.
    allocator_flush_threshold: '16MiB',
    allocator_bulk_deallocation_flush_threshold: '16MiB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
}

const connection = (opened: DuckDBConnection, signal: AbortSignal, forget: () => void): Connection => {
  const guarded = async <T>(sql: string, work: () => Promise<T>): Promise<T> => {
    throwIfAborted(signal)
    // An interrupt between two statements is lost, so it is repeated until the work has ended.
    let repeat: NodeJS.Timeout | undefined
    const interrupt = () => {
      opened.interrupt()
      repeat = setInterval(() => opened.interrupt(), 20)
    }
    signal.addEventListener('abort', interrupt, { once: true })
    try {
      return await work()
    } catch (cause) {
      throwIfAborted(signal)
      // After a fatal error the instance answers nothing more; the next job opens another.
      if (cause instanceof Error && cause.message.startsWith('FATAL')) forget()
      throw refusalOf(cause, sql)
    } finally {
      signal.removeEventListener('abort', interrupt)
      clearInterval(repeat)
    }
  }
  const ask: Connection['ask'] = (sql) =>
    guarded(sql, async () => {
      const reader = await opened.runAndReadAll(sql)
      const names = reader.columnNames()
      const types = reader.columnTypes().map(String)
      const columns = names.map((name, index) => ({ name, type: types[index] ?? '' }))
      const rows = reader.getRowsJson().map((row) => {
        return Object.fromEntries(
          row.map((value, index) => [names[index] ?? '', exactNumber(value as JsonValue, types[index] ?? '')]),
        )
      })
      return { columns, rows }
    })
  return {
    run: (sql) => guarded(sql, async () => ({ rowsChanged: (await opened.run(sql)).rowsChanged })),
    ask,
    describe: async (select) => {
      const { rows } = await ask(`DESCRIBE ${select}`)
      return rows.map((row) => ({ name: textIn(row, 'column_name'), type: textIn(row, 'column_type') }))
    },
    cleanUp: async (sql) => {
      await opened.run(sql).catch(() => undefined)
    },
    close: () => opened.closeSync(),
  }
}

const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw new Refused({ code: 'cancelled', message: 'Stopped before the table was computed.' })
}
