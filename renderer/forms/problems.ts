import type { EditPath } from '#core/model/flow-edit.ts'
import type { Problem } from '#core/model/problem.ts'

const begins = (path: EditPath, start: EditPath): boolean => start.every((step, index) => path[index] === step)

/** What is wrong at a place itself. */
export const problemsAt = (problems: readonly Problem[], path: EditPath): readonly Problem[] =>
  problems.filter((problem) => problem.path.length === path.length && begins(problem.path, path))

/** What is wrong at a place or anywhere in it. */
export const problemsWithin = (problems: readonly Problem[], path: EditPath): readonly Problem[] =>
  problems.filter((problem) => begins(problem.path, path))

/** Keys in a place, at any depth, that nothing knows: no field shows them. */
export const unknownKeysIn = (problems: readonly Problem[], path: EditPath): readonly Problem[] =>
  problemsWithin(problems, path).filter(({ code }) => code === 'unknown-key')
