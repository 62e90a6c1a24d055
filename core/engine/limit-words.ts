import type { LimitUse } from './admission.ts'

/** What a limit bounds, from its name (limits.ts). */
const subject = (name: string): { readonly what: string; readonly advice: string } => {
  const [kind, rest] = [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)]
  switch (kind) {
    case 'tag':
      return {
        what: `the concurrency limit on tag “${rest}”`,
        advice: 'Raise or delete the limit, or take the tag off the task.',
      }
    case 'flow-run':
      return { what: 'the concurrency of the flow', advice: 'Raise `concurrency` of the flow.' }
    case 'task':
      return {
        what: `the concurrency of task “${rest.slice(rest.indexOf('/') + 1)}”`,
        advice: 'Raise `concurrency` of the task.',
      }
    case 'duckdb':
      return { what: `the DuckDB file ${rest}, which one task at a time can open`, advice: 'Use another file.' }
    default:
      return name === 'process'
        ? { what: 'the number of worker processes', advice: 'Raise it in the settings.' }
        : { what: `the limit “${name}”`, advice: 'Raise the limit.' }
  }
}

export const refusalWords = (limit: string): string => {
  const { what, advice } = subject(limit)
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} is 0 and would never let it run. ${advice}`
}

export const waitWords = ({ name, capacity, used }: LimitUse, holders: readonly string[]): string => {
  const { what } = subject(name)
  const full = capacity === 1 ? 'in use' : `${used} of ${capacity ?? used} in use`
  const by = holders.length > 0 && used <= 3 ? ` by ${holders.join(', ')}` : ''
  return `Waits for ${what} (${full}${by}).`
}
