/** What was asked of one database from this screen. */
export type QueryHistory = {
  /** In the editor. */
  readonly text: string
  /** The newest first, each text once. */
  readonly asked: readonly { readonly sql: string; readonly at: number }[]
}

const most = 50
const longest = 20_000

export const withAsked = ({ text, asked }: QueryHistory, sql: string, at: number): QueryHistory => ({
  text,
  asked: [{ sql, at }, ...asked.filter((one) => one.sql !== sql)].slice(0, most),
})

const keyOf = (block: string) => `console:${block}`

const empty: QueryHistory = { text: '', asked: [] }

const isHistory = (value: unknown): value is QueryHistory =>
  typeof value === 'object' &&
  value !== null &&
  'text' in value &&
  typeof value.text === 'string' &&
  'asked' in value &&
  Array.isArray(value.asked)

export const storedHistory = (block: string): QueryHistory => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(block)) ?? 'null')
    return isHistory(value) ? value : empty
  } catch {
    return empty
  }
}

/** A text that is too long to be kept is forgotten with the page. */
export const storeHistory = (block: string, { text, asked }: QueryHistory): void => {
  const kept = { text: text.length > longest ? '' : text, asked: asked.filter(({ sql }) => sql.length <= longest) }
  localStorage.setItem(keyOf(block), JSON.stringify(kept))
}
