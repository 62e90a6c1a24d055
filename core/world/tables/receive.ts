import { execFile } from 'node:child_process'
import { closeSync, constants, createWriteStream, open, openSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { CsvSink, ReceivedColumn, ReceivedRows } from '#core/kinds/task-context.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { inOrder, planned, type JobTables, type MemberFolders } from './compute.ts'
import { emptyTable, identifier, text } from './sql.ts'
import { writeParquet } from './write.ts'

type ReceiveRequest = {
  readonly columns: readonly ReceivedColumn[]
  readonly rows: ReceivedRows
  send(csv: CsvSink): Promise<void>
  readonly folders: MemberFolders
  readonly taskRun: string
}

export const receiveTable = async (job: JobTables, request: ReceiveRequest): Promise<TableHandle> => {
  const { folders, taskRun } = request
  const source = join(folders.scratch, 'received.csv')
  const fields = request.columns.map(fieldOf).join(', ')
  const empty = emptyTable(
    'received',
    request.columns.map(({ name, from }) => ({ name, type: from })),
  )
  const columns = await job.connection.describe(`WITH ${empty} SELECT ${fields} FROM received`)
  const select = `SELECT ${fields} FROM ${scanOf(source, request)}`
  await mkdir(dirname(source), { recursive: true })
  // What an attempt that died left.
  await rm(source, { force: true })
  try {
    const { ordered } = request.rows
    const write = () =>
      // What writes takes from what parses, so the cheaper compression is used.
      writeParquet(job.connection, { select, columns, folder: folders.results, name: taskRun, compression: 'snappy' })
    const written = await inOrder(job.connection, ordered, () => through(source, request.send, write))
    const step = { name: taskRun, taskRun, sql: written.sql, columns, ...(ordered && { ordered }) }
    const table = planned([step], [written.path])
    return { ...table, rows: written.rows, bytes: written.bytes, path: written.path }
  } finally {
    await rm(source, { force: true })
  }
}

const fieldOf = ({ name, value }: ReceivedColumn): string => {
  const column = identifier(name)
  return value === undefined ? column : `${value.replaceAll('{column}', () => column)} AS ${column}`
}

/** What comes through a pipe is parsed buffer by buffer, while the next one fills. A row must fit into one. */
const scanOf = (file: string, { columns, rows }: ReceiveRequest): string => {
  const types = columns.map(({ name, from }) => `${text(name)}: ${text(from)}`).join(', ')
  return (
    `read_csv(${text(file)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '\\N', ` +
    `allow_quoted_nulls = false, new_line = '\\n', max_line_size = ${rows.longest}, buffer_size = ${rows.longest}, columns = {${types}})`
  )
}

/** Through a pipe where there are some, so that nothing is written twice and reading goes on while the rows come. */
const through = async <T>(path: string, send: (csv: CsvSink) => Promise<void>, read: () => Promise<T>): Promise<T> => {
  if (process.platform === 'win32') {
    await throughFile(path, send)
    return read()
  }
  await promisify(execFile)('mkfifo', ['-m', '600', path])
  const opening = promisify(open)(path, 'w')
  const reading = read()
  const failed = reading.catch((error: unknown) => {
    // Opening waits for the reader; one that failed before it came is stood in for.
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
    throw error
  })
  failed.catch(() => undefined)
  const pipe = pipeInto(await opening, failed)
  try {
    await send(pipe)
  } catch (error) {
    // When nobody takes what is sent any more, the reason is the reader's.
    if (isBroken(error)) await reading
    pipe.close()
    await reading.catch(() => undefined)
    throw error
  }
  pipe.close()
  return reading
}

const isBroken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EPIPE'

/** A socket, since a write to a file would hold a thread for as long as the reader is slow. */
const pipeInto = (fd: number, failed: Promise<unknown>): CsvSink & { close(): void } => {
  const socket = new Socket({ fd, readable: false, writable: true })
  socket.on('error', () => undefined)
  return {
    write: (bytes) =>
      Promise.race([
        new Promise<void>((done, refuse) => {
          socket.write(bytes, (error) => (error ? refuse(error) : done()))
        }),
        failed.then(() => undefined),
      ]),
    close: () => void socket.destroy(),
  }
}

const throughFile = async (path: string, send: (csv: CsvSink) => Promise<void>): Promise<void> => {
  const file = createWriteStream(path)
  try {
    await send({
      write: (bytes) =>
        new Promise((done, refuse) => {
          file.write(bytes, (error) => (error ? refuse(error) : done()))
        }),
    })
  } finally {
    await new Promise((ended) => void file.end(() => ended(null)))
  }
}
