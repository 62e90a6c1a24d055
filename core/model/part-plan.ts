/** A part of a flow: only one task, all it needs and it (`to`), it and all after it (`from`), or what a run left undone. */
export type PartOfFlow =
  | { readonly mode: 'only' | 'to' | 'from'; readonly task: string }
  /** What did not complete, what was changed since, and all after these. */
  | { readonly mode: 'rest' }

/**
 * What becomes of a task when a part of its flow runs: it runs; its results of a former run are there to be used; they are
 * needed and nobody has them; or it has no part in it.
 */
export const partFates = ['runs', 'reused', 'missing', 'left-out'] as const
export type PartFate = (typeof partFates)[number]

export type PartPlan = {
  /** In the order of the flow. */
  readonly tasks: readonly { readonly task: string; readonly fate: PartFate }[]
  /** The run whose results are used. */
  readonly reuse: { readonly id: string; readonly name: string; readonly createdAt: number } | null
  /** Why it cannot run, and what to do; null when it can. */
  readonly refusal: string | null
}
