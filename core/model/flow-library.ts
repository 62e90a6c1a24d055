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
export type FlowTouches = Touched & {
  /** It and all that it runs were made here, or somebody has looked at them as they are. */
  readonly trusted: boolean
  /** Of what was looked at, to say so. */
  readonly fingerprint: string
  /** The same of each flow that it runs, and of those that they run. */
  readonly subflows: readonly (Touched & { readonly name: string })[]
}

export type Touched = {
  readonly scripts: readonly Touch[]
  readonly hosts: readonly Touch[]
  readonly paths: readonly Touch[]
  readonly blocks: readonly (Touch & { readonly exists: boolean })[]
  /** Whether one exists is null where only a run can tell: it is named by an expression, or lies in a repository. */
  readonly flows: readonly (Touch & { readonly exists: boolean | null })[]
}

/** `name` is what is touched: a host, a path, a reference, the first line of a script; `tasks` those that do. */
export type Touch = { readonly name: string; readonly tasks: readonly string[] }

/** `flows` are those that run it and name it anew: of the library by their names, others by their files. */
export type FlowRenamed = { readonly name: string; readonly flows: readonly string[] }

export type Validation = { readonly file: string | null; readonly problems: readonly Problem[] }

export type FlowInspection = {
  readonly document: FlowDocument
  readonly file: string | null
  readonly lastRuns: readonly FlowRun[]
}
