import { readFileSync, writeFileSync } from 'node:fs'

const most = 10

/** Flow files that were opened, the last one first. */
export type RecentFlows = { list(): readonly string[]; add(file: string): void }

export const recentFlows = (storedIn: string): RecentFlows => {
  let files = read(storedIn)
  return {
    list: () => files,
    add: (file) => {
      files = [file, ...files.filter((one) => one !== file)].slice(0, most)
      try {
        writeFileSync(storedIn, JSON.stringify(files))
      } catch {
        // They are known until the app ends.
      }
    },
  }
}

const read = (file: string): readonly string[] => {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, most) : []
  } catch {
    return []
  }
}
