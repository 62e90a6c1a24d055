import Sqlite from 'better-sqlite3'
import { Refused } from '#core/model/failure.ts'
import { StoreFull } from '#core/model/store.ts'

/** Writing the shared-memory file and the log beside a database fails in these ways when there is no room. */
const full = new Set(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'])

/** What an error from SQLite or the file system means for `path`; any other error as it is. */
export const refusalOf = (error: unknown, path: string): unknown => {
  if (error instanceof Refused) return error
  const code = codeOf(error)
  if (code === null) return error
  if (full.has(code)) {
    const message = `The disk is full: ${path} cannot grow. Free some space; nothing is lost and work goes on by itself.`
    return new StoreFull({ code: 'limit', message, retryable: true }, { cause: error })
  }
  const meaning = meaningOf(code, path)
  return meaning ? new Refused({ ...meaning, detail: code }, { cause: error }) : error
}

const codeOf = (error: unknown): string | null => {
  if (error instanceof Sqlite.SqliteError) return error.code
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

const meaningOf = (
  code: string,
  path: string,
): { code: 'data' | 'denied' | 'unavailable'; message: string; retryable: boolean } | null => {
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return { code: 'data', message: `The database ${path} is damaged.`, retryable: false }
  }
  if (code === 'EROFS' || code.startsWith('SQLITE_READONLY')) {
    return {
      code: 'denied',
      message: `${path} is on a read-only disk or may not be changed. Choose another home with --home DIR.`,
      retryable: false,
    }
  }
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'ENOTDIR' ||
    code === 'SQLITE_PERM' ||
    code.startsWith('SQLITE_CANTOPEN')
  ) {
    return {
      code: 'denied',
      message: `${path} cannot be opened or made. Check its permissions, or choose another home with --home DIR.`,
      retryable: false,
    }
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return {
      code: 'unavailable',
      message: `The database ${path} is in use by another program. Close it and try again.`,
      retryable: true,
    }
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') {
    return {
      code: 'unavailable',
      message: `The disk failed while ${path} was read or written (${code}).`,
      retryable: true,
    }
  }
  return null
}

/** Runs work on a file and turns what it throws into a refusal that names the file. */
export const guarded = <T>(path: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw refusalOf(error, path)
  }
}
