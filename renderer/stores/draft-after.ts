import type { DraftEdit, FlowDraft } from '#core/model/flow-draft.ts'
import type { Splice } from '#core/model/flow-edit.ts'

const applied = (text: string, splices: readonly Splice[]): string => {
  let result = ''
  let at = 0
  for (const splice of splices) {
    result += text.slice(at, splice.at) + splice.insert
    at = splice.at + splice.remove.length
  }
  return result + text.slice(at)
}

/** The draft that an edit of the engine's leaves. */
export const draftAfter = (draft: FlowDraft, { revision, splices, content, savedAt }: DraftEdit): FlowDraft => ({
  ...draft,
  revision,
  content,
  savedAt,
  text: applied(draft.text, splices),
})
