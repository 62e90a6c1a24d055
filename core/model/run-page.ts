import type { FlowRun } from './flow-run.ts'

export const runOrders = ['created', 'name', 'flow', 'state', 'duration'] as const
export type RunOrder = (typeof runOrders)[number]

/** `offset` is how many of those that fit come before the first of `runs`; `total` how many fit in all. */
export type RunPage = { readonly total: number; readonly offset: number; readonly runs: readonly FlowRun[] }
