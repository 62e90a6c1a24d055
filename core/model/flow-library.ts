import type { FlowDocument } from './flow-document.ts'
import type { FlowRun } from './flow-run.ts'
import type { Problem } from './problem.ts'

/** Where the text of a flow comes from. `cwd` is the folder relative paths mean. */
export type FlowSource =
  | { readonly from: 'file'; readonly path: string; readonly cwd: string }
  | { readonly from: 'library'; readonly name: string }
  | { readonly from: 'text'; readonly text: string; readonly folder: string | null }

export type FlowSummary = {
  readonly name: string
  readonly file: string
  readonly description: string | null
  readonly tasks: number
  readonly problems: number
  readonly lastRun: FlowRun | null
}

export type Validation = { readonly file: string | null; readonly problems: readonly Problem[] }

export type FlowInspection = {
  readonly document: FlowDocument
  readonly file: string | null
  readonly lastRuns: readonly FlowRun[]
}
