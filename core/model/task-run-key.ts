/**
 * A task run's key within its flow run: `clean`, or `fetch[3]` for the fourth item of a mapped task. Task ids hold no
 * brackets, so keys never collide.
 */
export const taskRunKey = (task: string, item: number | null): string => (item === null ? task : `${task}[${item}]`)

export const parseTaskRunKey = (key: string): { task: string; item: number | null } => {
  const bracket = key.indexOf('[')
  if (bracket === -1) return { task: key, item: null }
  return { task: key.slice(0, bracket), item: Number(key.slice(bracket + 1, -1)) }
}

/** The name people see, as Prefect 2.7.11 forms it: `fetch-3`. */
export const taskRunName = (key: string): string => {
  const { task, item } = parseTaskRunKey(key)
  return `${task}-${item ?? 0}`
}

/** Its folder below a flow run's scratch and results: `fetch.3`, since brackets are patterns to programs that read files. */
export const taskRunFolder = (key: string): string => {
  const { task, item } = parseTaskRunKey(key)
  return item === null ? task : `${task}.${item}`
}
