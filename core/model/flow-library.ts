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
  /** Of the last runs that completed, oldest first, milliseconds. */
  readonly durations: readonly number[]
}

/** What a flow reaches outside itself, read from its settings as they are written, expressions and all. */
export type FlowTouches = {
  /** It was imported and nobody has looked at this yet. */
  readonly imported: boolean
  readonly scripts: readonly Touch[]
  readonly hosts: readonly Touch[]
  readonly paths: readonly Touch[]
  readonly blocks: readonly (Touch & { readonly exists: boolean })[]
  readonly flows: readonly (Touch & { readonly exists: boolean })[]
}

/** `name` is what is touched: a host, a path, a reference, the first line of a script; `tasks` those that do. */
export type Touch = { readonly name: string; readonly tasks: readonly string[] }

export type Validation = { readonly file: string | null; readonly problems: readonly Problem[] }

export type FlowInspection = {
  readonly document: FlowDocument
  readonly file: string | null
  readonly lastRuns: readonly FlowRun[]
}
