import { basename } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import type { Scan } from './scan.ts'

const has = (scan: Scan, name: string): boolean =>
  scan.columns.some((column) => column.name.toLowerCase() === name.toLowerCase())

/** Every file has the columns that are declared, and no others. */
export const requireStrict = (scans: readonly Scan[], types: Readonly<Record<string, string>>): void => {
  const declared = Object.keys(types)
  if (declared.length === 0) {
    throw new Refused({
      code: 'invalid',
      message:
        'No types are given, so no file can have just those columns. Name all columns under types, or leave strict out.',
    })
  }
  const differences = scans.flatMap((scan) => {
    const missing = declared.filter((name) => !has(scan, name))
    const more = scan.columns.filter(
      (column) => !declared.some((name) => name.toLowerCase() === column.name.toLowerCase()),
    )
    return [
      ...(missing.length > 0 ? [`${basename(scan.path)} has no ${missing.join(', ')}`] : []),
      ...(more.length > 0 ? [`${basename(scan.path)} also has ${more.map(({ name }) => name).join(', ')}`] : []),
    ]
  })
  if (differences.length === 0) return
  throw new Refused({
    code: 'data',
    message: `The columns are not those that are declared: ${differences.join('; ')}. Change the types, or leave strict out.`,
  })
}

/** The columns of the first file, or those asked for; every file must have them all. */
export const chosenColumns = (scans: readonly Scan[], wanted: readonly string[] | null): readonly string[] => {
  const [first, ...others] = scans
  if (!first) return []
  const named = (scan: Scan, name: string) =>
    scan.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  const columns = (wanted ?? first.columns.map(({ name }) => name)).map((name) => named(first, name)?.name ?? name)
  const lacks = scans.flatMap((scan) =>
    columns.filter((name) => !named(scan, name)).map((name) => `${basename(scan.path)} has no ${name}`),
  )
  const more = wanted
    ? []
    : others.flatMap((scan) =>
        scan.columns
          .filter(({ name }) => !named(first, name))
          .map(({ name }) => `${basename(first.path)} has no ${name}`),
      )
  if (lacks.length + more.length > 0) {
    const what = scans.length > 1 ? 'The files do not have the same columns' : 'A column is missing'
    const list = [...new Set([...lacks, ...more])].join('; ')
    const remedy =
      scans.length > 1
        ? 'Choose columns that every file has, or read each file in a task of its own and put them together with table.union.'
        : 'Choose columns that the file has.'
    throw new Refused({ code: 'data', message: `${what}: ${list}. ${remedy}` })
  }
  return columns
}
