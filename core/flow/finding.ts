import type { Problem } from '#core/model/problem.ts'

export type Path = readonly (string | number)[]

/** A problem before its place in the text is worked out: most flows have none, so lines are counted only when needed. */
export type Finding = {
  readonly path: Path
  /** Point at the key of the path's last step, or at its value. */
  readonly at: 'key' | 'value'
  readonly severity: Problem['severity']
  readonly code: string
  readonly message: string
  /** A function where a suggestion has to be searched for. */
  readonly remedy: string | (() => string)
  /** Where it is, when known already: an index into the text. */
  readonly offset?: number
}

export type Report = (finding: Finding) => void

/** Where a value stands, and whom to tell what is wrong with it. */
export type Place = { readonly path: Path; readonly report: Report }

export const inside = (place: Place, ...steps: Path): Place => ({
  path: [...place.path, ...steps],
  report: place.report,
})

type Mistake = Pick<Finding, 'code' | 'message' | 'remedy'> & Partial<Pick<Finding, 'at' | 'severity'>>

/** Gives undefined, which stands for a value that could not be read. */
export const reportAt = (place: Place, mistake: Mistake): undefined => {
  place.report({ at: 'value', severity: 'error', ...mistake, path: place.path })
  return undefined
}
