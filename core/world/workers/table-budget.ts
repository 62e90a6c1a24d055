import { z } from 'zod'

/** What a worker process may use for tables. The engine writes it into the environment that it starts workers with. */
const TableBudget = z.object({
  /** The folder in which each worker has one of its own to spill to. */
  spill: z.string(),
  /** The folder that remembers inferred column types by the content of files. */
  types: z.string(),
  /** Bytes. */
  memoryLimit: z.number(),
  threads: z.int().min(1),
})
export type TableBudget = z.output<typeof TableBudget>

const variable = 'MILLRACE_TABLE_BUDGET'

export const tableBudgetEnvironment = (budget: TableBudget): Readonly<Record<string, string>> => ({
  [variable]: JSON.stringify(budget),
})

export const tableBudget = (environment: Readonly<Record<string, string | undefined>>): TableBudget =>
  TableBudget.parse(JSON.parse(environment[variable] ?? 'null'))
