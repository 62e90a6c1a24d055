/** What the SQL of a task would read, asked of its database before it runs. */
export type TaskEstimate =
  /** Its database does not tell, or it holds no SQL. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'bytes'
      readonly bytes: number
      /** What the block allows for one statement, or null. */
      readonly mostBytes: number | null
    }
  /** Its settings are known only when it runs. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The database, or the way to it, refused. */
  | { readonly kind: 'refused'; readonly message: string }

/** BigQuery’s list price of queries on demand, in the US. Other places and contracts have others. */
export const queryPrice = { dollars: 6.25, unit: 'TiB', bytes: 2 ** 40, since: '2023-07-05' } as const

export const dollarsOf = (bytes: number): number => (bytes / queryPrice.bytes) * queryPrice.dollars
