import { taskGroups, type TaskGroup, type TaskTypeSummary } from '#core/model/task-type-summary.ts'

/** How well a type answers what was typed; 0 not at all. Names people bring from elsewhere count too. */
const scoreOf = (type: TaskTypeSummary, words: readonly string[]): number => {
  const places: readonly (readonly [number, string])[] = [
    [8, type.title],
    [7, type.type],
    ...type.aliases.map((alias): readonly [number, string] => [5, alias]),
    [2, type.summary],
    [1, type.group],
  ]
  const scores = words.map((word) =>
    Math.max(
      0,
      ...places.map(([weight, text]) => {
        const at = text.toLowerCase().indexOf(word)
        return at < 0 ? 0 : at === 0 ? weight * 2 : weight
      }),
    ),
  )
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0)
}

/** The best answers first; in the order of the catalogue when nothing was typed. */
export const searchTypes = (types: Iterable<TaskTypeSummary>, text: string): readonly TaskTypeSummary[] => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...types]
  return [...types]
    .map((type) => ({ type, score: scoreOf(type, words) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ type }) => type)
}

export const groupTitles: Readonly<Record<TaskGroup, string>> = {
  source: 'Read',
  transform: 'Transform',
  store: 'Store',
  script: 'Scripts',
  control: 'Control',
  notify: 'Notify',
}

export const byGroup = (
  types: readonly TaskTypeSummary[],
): readonly (readonly [TaskGroup, readonly TaskTypeSummary[]])[] =>
  taskGroups
    .map((group): readonly [TaskGroup, readonly TaskTypeSummary[]] => [
      group,
      types.filter((type) => type.group === group),
    ])
    .filter(([, members]) => members.length > 0)
