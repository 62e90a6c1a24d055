/** Offsets at which the lines of a text begin. */
export const lineStarts = (text: string): readonly number[] => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** What to underline for a problem at a place: from there to the end of the word, or of the quoted text. */
export const extentOf = (
  text: string,
  starts: readonly number[],
  { line, column }: { readonly line: number; readonly column: number },
): { readonly from: number; readonly to: number } => {
  const start = starts[line - 1] ?? text.length
  const end = (starts[line] ?? text.length + 1) - 1
  const from = Math.min(start + column - 1, Math.max(start, end))
  const rest = text.slice(from, end)
  const length = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]#]+)/.exec(rest)?.[0].length ?? rest.trimEnd().length
  return { from, to: from + Math.max(length, from < end ? 1 : 0) }
}
