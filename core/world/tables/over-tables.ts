import type { Tables } from '#core/kinds/task-context.ts'
import type { TableHandle, TableStep } from '#core/model/handle.ts'
import { inOrder, readLeniently, requireSources, type JobTables } from './compute.ts'
import { withLeniency } from './csv-reading.ts'
import { emptyTable, identifier, selectOf } from './sql.ts'

type Inputs = Readonly<Record<string, TableHandle>>

/** Each `{name}` as the name of that input. */
const naming = (inputs: Inputs, select: string): string =>
  select.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (name in inputs ? identifier(name) : whole))

const plansOf = (job: JobTables, inputs: Inputs): string =>
  Object.entries(inputs)
    .map(([name, { steps }]) => `${identifier(name)} AS (${selectOf(readLeniently(job, steps))})`)
    .join(', ')

const withPlans = (plans: string, select: string): string => (plans === '' ? select : `WITH ${plans} ${select}`)

/** Rows of one SELECT over tables, as a rule in the order of the files, so that one page of a preview follows the other. */
export const askOver = (
  job: JobTables,
  inputs: Inputs,
  select: string,
  order: 'in order' | 'in any order' = 'in order',
): ReturnType<Tables['ask']> => {
  for (const table of Object.values(inputs)) requireSources(table)
  const named = naming(inputs, select)
  return withLeniency(job.csv, () =>
    inOrder(
      job.connection,
      order === 'in order',
      async () => (await job.connection.ask(withPlans(plansOf(job, inputs), named))).rows,
    ),
  )
}

/** The step of a plan that begins over other tables. Tried on empty ones first, so that a mistake shows before anything is read. */
export const derivedStep = async (
  job: JobTables,
  inputs: Inputs,
  select: string,
): Promise<Pick<TableStep, 'sql' | 'columns'>> => {
  const named = naming(inputs, select)
  const empty = Object.entries(inputs).map(([name, { columns }]) => emptyTable(name, columns))
  const columns = await job.connection.describe(withPlans(empty.join(', '), named))
  return { sql: withPlans(plansOf(job, inputs), named), columns }
}
