import { mkdirSync, statfsSync } from 'node:fs'
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api'
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
  /** Most bytes in the spill folder. Default: half of what its disk has free when DuckDB is opened. */
  readonly spillLimit?: number
}

export type Row = Readonly<Record<string, JsonValue>>

/** One connection of the in-memory database. Whoever opens it closes it; temporary things go with it. */
export type Connection = {
  run(sql: string): Promise<{ rowsChanged: number }>
  ask(sql: string): Promise<{ columns: readonly Column[]; rows: readonly Row[] }>
  /** The result of a query, computed as it is fetched. */
  stream(sql: string): Promise<ResultStream>
  describe(select: string): Promise<readonly Column[]>
  /** For what must be put back after an abort too: a transaction, an attached file, a setting. Never throws. */
  cleanUp(sql: string): Promise<void>
  close(): void
}

export type ResultStream = {
  /** Null at the end. */
  next(): Promise<DuckDBDataChunk | null>
  /** Ends it before it has been read to its end. Never throws. */
  stop(): Promise<void>
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
      return guardedConnection(await opened.connect(), signal, () => {
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

const openInstance = async (options: DuckDBOptions): Promise<DuckDBInstance> => {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  mkdirSync(options.spill, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', settingsOf(options))
  const opened = await instance.connect()
  await opened.run(limitSpill(options))
  opened.closeSync()
  return instance
}

export const settingsOf = ({ spill, memoryLimit, threads }: DuckDBOptions): Record<string, string> => ({
  memory_limit: kibibytes(memoryLimit),
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

/**
 * Beyond it a statement fails; by itself DuckDB would fill the disk that the home and all else live on. To be run in an open
 * instance: given when it is opened, DuckDB shows the limit and does not keep it. The spill folder must be there.
 */
export const limitSpill = ({ spill, spillLimit }: DuckDBOptions): string =>
  `SET max_temp_directory_size = '${kibibytes(spillLimit ?? freeOn(spill) / 2)}'`

const kibibytes = (bytes: number): string => `${Math.floor(bytes / 1024)}KiB`

const freeOn = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** An interrupt between two statements is lost, so it is repeated until what is called in the end. */
const interrupting = (opened: DuckDBConnection): (() => void) => {
  opened.interrupt()
  const repeat = setInterval(() => opened.interrupt(), 20)
  return () => clearInterval(repeat)
}

/** Runs work on a connection: an abort interrupts it, an error becomes a refusal. */
type Guarded = <T>(sql: string, work: () => Promise<T>) => Promise<T>

const guarding =
  (opened: DuckDBConnection, signal: AbortSignal, forget: () => void): Guarded =>
  async (sql, work) => {
    throwIfAborted(signal)
    let letBe = () => {}
    const interrupt = () => {
      letBe = interrupting(opened)
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
      letBe()
    }
  }

export const guardedConnection = (
  opened: DuckDBConnection,
  signal: AbortSignal,
  forget: () => void,
): Connection & { readonly guarded: Guarded } => {
  const guarded = guarding(opened, signal, forget)
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
    guarded,
    run: (sql) => guarded(sql, async () => ({ rowsChanged: (await opened.run(sql)).rowsChanged })),
    ask,
    describe: async (select) => {
      const { rows } = await ask(`DESCRIBE ${select}`)
      return rows.map((row) => ({ name: textIn(row, 'column_name'), type: textIn(row, 'column_type') }))
    },
    stream: (sql) => streamed(opened, guarded, sql),
    cleanUp: async (sql) => {
      await opened.run(sql).catch(() => undefined)
    },
    close: () => opened.closeSync(),
  }
}

/**
 * DuckDB ends a stream whose statement has failed, or was interrupted, as if it had come to its end. So it is read in a
 * transaction: one that has been aborted says so when it is asked.
 */
const streamed = async (opened: DuckDBConnection, guarded: Guarded, sql: string): Promise<ResultStream> => {
  await guarded(sql, () => opened.run('BEGIN TRANSACTION'))
  const end = (how: 'COMMIT' | 'ROLLBACK') => opened.run(how).catch(() => undefined)
  const result = await guarded(sql, () => opened.stream(sql)).catch(async (error: unknown) => {
    await end('ROLLBACK')
    throw error
  })
  let ended = false
  let stopped = false
  const confirmEnd = async () => {
    const isWhole = await opened.run('SELECT 1').then(
      () => true,
      () => false,
    )
    await end(isWhole ? 'COMMIT' : 'ROLLBACK')
    if (isWhole || stopped) return
    // Run again to its end, it says why.
    await guarded(sql, () => opened.run(`SELECT count(hash(every)) FROM (${sql}) AS every`))
    throw new Refused({ code: 'data', message: 'The rows could not be read to their end. Run it again.' })
  }
  const next = () =>
    guarded(sql, async () => {
      const chunk = await result.fetchChunk()
      return chunk !== null && chunk.rowCount > 0 ? chunk : null
    })
  const nextOrEnd = async () => {
    const chunk = ended || stopped ? null : await next()
    if (chunk !== null || ended || stopped) return chunk
    ended = true
    await confirmEnd()
    return null
  }
  let last: Promise<unknown> = Promise.resolve()
  let isUnderWay = false
  return {
    next: () => {
      const answer = nextOrEnd().finally(() => {
        isUnderWay = false
      })
      isUnderWay = true
      last = answer.catch(() => undefined)
      return answer
    },
    // Who stops it may close the connection next: a chunk that is being fetched then would bring the process down. That it
    // is interrupted is no failure to ask about.
    stop: async () => {
      stopped = true
      const letBe = isUnderWay && !ended ? interrupting(opened) : () => {}
      await last
      letBe()
      if (!ended) await end('ROLLBACK')
      ended = true
    },
  }
}

const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw new Refused({ code: 'cancelled', message: 'Stopped before the table was computed.' })
}
