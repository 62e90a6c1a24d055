import type { JsonValue } from './handle.ts'

/** For a field of a task (`['with', 'url']`, `['when']`): as written, what it gives, and the inputs it was made from. */
export type FieldExplanation = {
  readonly written: JsonValue
  readonly result:
    { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly problems: readonly string[] }
  /** For example `tasks.fetch.file.path` and its value, which is undefined while it is not known. */
  readonly sources: readonly { readonly name: string; readonly value: JsonValue | undefined }[]
}
