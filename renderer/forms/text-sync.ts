/** Two hold one text: an editor in which somebody types, and the flow. Each hears of the other's changes late. */
export type TextSync = {
  /** The flow's text as the editor last took it in. */
  readonly base: string
  /** What the editor has sent since, and the flow has not answered yet. */
  readonly sent: readonly string[]
}

export type TextChange = { readonly from: number; readonly to: number; readonly insert: string }

/** The one stretch in which two texts differ, in offsets of the first; null when they are the same. */
export const changeBetween = (before: string, after: string): TextChange | null => {
  if (before === after) return null
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start += 1
  let end = 0
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) }
}

export const startSync = (text: string): TextSync => ({ base: text, sent: [] })

export const sendText = ({ base, sent }: TextSync, text: string): TextSync => ({ base, sent: [...sent, text] })

/** A change of the flow's text, moved to where it belongs in what was typed meanwhile; null where both changed the same. */
const rebase = (base: string, doc: string, theirs: TextChange): TextChange | null => {
  const ours = changeBetween(base, doc)
  if (!ours || theirs.to < ours.from) return theirs
  if (theirs.from <= ours.to) return null
  const shift = ours.insert.length - (ours.to - ours.from)
  return { ...theirs, from: theirs.from + shift, to: theirs.to + shift }
}

/**
 * Takes in the text that the flow has now. `change` is what the editor's `doc` must become by it: nothing while the
 * flow only answers what was sent. Where both changed the same words, those of the person who types stay.
 */
export const takeText = (
  { base, sent }: TextSync,
  doc: string,
  text: string,
): { readonly sync: TextSync; readonly change: TextChange | null } => {
  const answered = sent.indexOf(text)
  if (answered !== -1) return { sync: { base: text, sent: sent.slice(answered + 1) }, change: null }
  const theirs = changeBetween(base, text)
  if (!theirs || doc === text) return { sync: { base: text, sent: [] }, change: null }
  return { sync: { base: text, sent: [] }, change: rebase(base, doc, theirs) }
}
