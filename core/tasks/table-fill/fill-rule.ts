import { z } from 'zod'
import { Refused } from '#core/model/failure.ts'
import type { Column } from '#core/model/handle.ts'
import { columnNamed, sortKey } from '#core/kinds/named-columns.ts'
import type { Fill, FillRule } from '#core/kinds/relations.ts'
import { isFractional, isWhole, widerType } from '#core/kinds/wider-type.ts'

const constant = z.union([z.string(), z.number(), z.boolean()])

/** What a column is filled with. */
export const settingOf = z.union([
  constant,
  z.strictObject({ value: constant }),
  z.strictObject({ column: z.string().min(1) }),
  z.strictObject({ with: z.enum(['previous', 'next', 'mean', 'median']) }),
])
type Setting = z.output<typeof settingOf>

type Settings = {
  readonly columns: Readonly<Record<string, Setting>>
  readonly order: readonly string[]
  readonly within: readonly string[]
}

/** What was written as what is done; every mistake in it is refused. Names ignore case, as in SQL. */
export const fillRule = (input: readonly Column[], settings: Settings): FillRule => {
  const columns = Object.entries(settings.columns).map(([name, setting]) => {
    const column = columnOf(input, name, 'columns')
    return fillOf(input, column, setting)
  })
  const twice = columns.find(({ column }, index) => columns.slice(0, index).some((one) => one.column === column))
  if (twice) throw invalid(`${twice.column} stands twice in columns. Name it once.`)
  const byOrder = columns.find((fill) => fill.with === 'previous' || fill.with === 'next')
  if (byOrder && settings.order.length === 0) {
    throw invalid(
      `${byOrder.column} takes the ${byOrder.with} value, and rows have no order of their own. Set order to the columns that give one, for example a time.`,
    )
  }
  const names = input.map(({ name }) => name)
  const order = settings.order.map((text) => sortKey(names, text))
  return { columns, order, within: settings.within.map((name) => columnOf(input, name, 'within').name) }
}

const fillOf = (input: readonly Column[], { name, type }: Column, setting: Setting): Fill => {
  if (typeof setting !== 'object') return { column: name, with: 'value', value: setting }
  if ('value' in setting) return { column: name, with: 'value', value: setting.value }
  if ('column' in setting) {
    const from = columnOf(input, setting.column, `columns.${name}`)
    if (widerType(type, from.type) !== type) {
      throw invalid(
        `${name} is ${type} and cannot take all values of ${from.name}, which is ${from.type}. Convert one of them first (table.select).`,
      )
    }
    return { column: name, with: 'column', from: from.name }
  }
  if ((setting.with === 'mean' || setting.with === 'median') && !isFractional(type)) {
    const why = isWhole(type) ? `a ${setting.with} may be a fraction, which ${type} does not hold` : `it is no number`
    throw invalid(
      `${name} (${type}) cannot be filled with its ${setting.with}: ${why}. Convert it to DOUBLE first (table.select).`,
    )
  }
  return { column: name, with: setting.with }
}

const invalid = (message: string): Refused => new Refused({ code: 'invalid', message })

const columnOf = (input: readonly Column[], name: string, setting: string): Column =>
  columnNamed(input, name, `“${name}” in ${setting} is no column of the table coming in.`)
