/**
 * Statements that a task does not run, and why. The instance that runs the others can reach nothing but its file and
 * has its configuration locked; this is for saying so before anything has run, in words.
 */
const files = 'files are read and written by tasks of their own (table.read, database.load, table.write).'
const databases = 'it reaches another database. Make a block for that file and use it in a task of its own.'
const extensions = 'extensions would bring other code into the database.'
const settings = 'the settings of the database are fixed.'
const transactions = 'all statements of the task are one transaction already.'
const routines = 'only plain statements are run. Write the statement itself.'

const starts: Readonly<Record<string, string>> = {
  COPY: files,
  EXPORT: files,
  IMPORT: files,
  ATTACH: databases,
  DETACH: databases,
  USE: databases,
  INSTALL: extensions,
  LOAD: extensions,
  FORCE: routines,
  PRAGMA: settings,
  SET: settings,
  RESET: settings,
  BEGIN: transactions,
  START: transactions,
  COMMIT: transactions,
  END: transactions,
  ROLLBACK: transactions,
  ABORT: transactions,
  CHECKPOINT: transactions,
  CALL: routines,
  PREPARE: routines,
  EXECUTE: routines,
  DEALLOCATE: routines,
}

/** Why a statement that begins like this is not run, or null. */
export const refusedStart = (statement: string): string | null => {
  const [word = ''] = /^\w+/.exec(statement) ?? []
  const start = word.toUpperCase()
  const reason = Object.hasOwn(starts, start) ? starts[start] : undefined
  return reason === undefined ? null : reason
}

const kinds = new Set([
  'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE_INTO', 'CREATE', 'CREATE_FUNC', 'ALTER', 'DROP', 'ANALYZE', 'VACUUM', 'EXPLAIN',
]) // prettier-ignore

/** Why a statement of this kind is not run, or null. */
export const refusedKind = (kind: string): string | null => (kinds.has(kind) ? null : routines)
