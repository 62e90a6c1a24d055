import { counted } from '#core/model/counted.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'
import type { InputSource } from '#core/model/worker-job.ts'

export type Naming = {
  readonly tables: readonly TableHandle[]
  readonly sources: readonly InputSource[]
  /** In the order of the tables; null means by their tasks. */
  readonly names: readonly string[] | null
}

/** The tables by what a query calls them. */
export const namedTables = ({ tables, sources, names }: Naming): Readonly<Record<string, TableHandle>> => {
  if (names !== null && names.length !== tables.length) {
    throw refuse(
      `names has ${counted(names.length, 'name')} for ${counted(tables.length, 'table')} coming in. Give one for each, in the order in which they are wired.`,
    )
  }
  const named = new Map<string, TableHandle>()
  for (const [index, table] of tables.entries()) {
    const source = sources[index]
    const name = names?.[index]?.trim() ?? (source ? nameOf(source) : `table_${index + 1}`)
    requireName(name)
    if ([...named.keys()].some((taken) => taken.toLowerCase() === name.toLowerCase())) {
      throw refuse(
        `Two of the tables coming in would be called “${name}”. Tell them apart with names, one for each in the order in which they are wired.`,
      )
    }
    named.set(name, table)
  }
  return Object.fromEntries(named)
}

const refuse = (message: string) => new Refused({ code: 'invalid', message })

/** `trips` for its table, `trips_rejects` for another output, `trips[0]` for one of several. */
const nameOf = ({ task, output, place }: InputSource): string =>
  (output === 'table' ? task : `${task}_${output}`) + (place === null ? '' : `[${place}]`)

const requireName = (name: string): void => {
  if (/^[\p{L}\p{N}_ [\]-]+$/u.test(name)) return
  throw refuse(`“${name}” is no name for a table. Use letters, digits, _ and -.`)
}
