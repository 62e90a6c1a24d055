import type { EditOperation, Splice } from './flow-edit.ts'
import type { JsonValue } from './handle.ts'
import type { Problem } from './problem.ts'

/** A flow that is open in an editor. Every edit is in its file at once; mistakes and all. */
export type FlowDraft = {
  /** Its absolute path, which names the draft. */
  readonly file: string
  /** Its name in the library, or null for a file elsewhere. */
  readonly library: string | null
  /** Grows with each change of the text, whoever made it. */
  readonly revision: number
  readonly text: string
  readonly content: FlowContent
  /** Milliseconds since 1970. */
  readonly savedAt: number
}

export type FlowContent = {
  /** The document as plain data, as far as it can be read; null when it is no YAML at all. */
  readonly value: JsonValue
  readonly problems: readonly Problem[]
}

export type DraftEdit = {
  readonly file: string
  readonly revision: number
  /** What changed in the text of the revision before. */
  readonly splices: readonly Splice[]
  /** Takes the edit back. */
  readonly inverse: EditOperation
  readonly content: FlowContent
  readonly savedAt: number
}

/** Tasks that became a flow of their own. */
export type Extracted = DraftEdit & {
  /** The task that runs the new flow. */
  readonly task: string
  /** What it calls the new flow. */
  readonly flow: string
}

/**
 * `editor` is what the edit's maker calls itself, so that it can skip its own; null for a change from outside. While the
 * file is `gone`, deleted or renamed, the draft is what it held.
 */
export type DraftNews = { readonly editor: string | null; readonly draft: FlowDraft; readonly gone: boolean }

/** A flow as it once was; `version` counts from 1, `document` finds its text. */
export type SavedVersion = { readonly version: number; readonly document: string; readonly savedAt: number }

/** A flow that comes with Millrace, to open and try. */
export type StarterFlow = { readonly name: string; readonly title: string; readonly description: string }
