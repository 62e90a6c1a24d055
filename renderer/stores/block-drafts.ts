import type { JsonValue } from '#core/model/handle.ts'

type Settings = Readonly<Record<string, JsonValue>>

/** Settings of blocks that were changed and not saved, by what they belong to, while the window is open. Never secrets. */
const drafts = new Map<string, Settings>()

export const draftOf = (key: string): Settings | null => drafts.get(key) ?? null

/** Null forgets it. */
export const keepDraft = (key: string, settings: Settings | null): void => {
  if (settings === null) drafts.delete(key)
  else drafts.set(key, settings)
}
