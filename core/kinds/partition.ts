import { Refused } from '#core/model/failure.ts'

/** What the folders of a file say of all its rows, as text: `color=green/part-0.parquet`. */
export type Partition = ReadonlyMap<string, string | null>

/** The folder of rows without a value, as Hive calls it. */
export const nullFolder = '__HIVE_DEFAULT_PARTITION__'

/** `color=green/month=1/part-0.parquet` → color and month. Folders of other names say nothing. */
export const partitionOf = (name: string): Partition => {
  const values = new Map<string, string | null>()
  for (const folder of name.split(/[/\\]/).slice(0, -1)) {
    const [, column, value = ''] = /^([^=]+)=(.*)$/s.exec(folder) ?? []
    if (column === undefined) continue
    const key = decoded(column)
    if ([...values.keys()].some((known) => known.toLowerCase() === key.toLowerCase())) {
      const message = `“${name}” has two folders for “${key}”. Rename one of them, or set partitions to ignore.`
      throw new Refused({ code: 'invalid', message })
    }
    values.set(key, value === nullFolder ? null : decoded(value))
  }
  return values
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
