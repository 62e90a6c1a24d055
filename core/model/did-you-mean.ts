/** Edits (insert, delete, replace, swap neighbours) that turn one word into the other. */
const distance = (from: string, to: string): number => {
  let before: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1]
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) cost = Math.min(cost, (before[column - 2] ?? 0) + 1)
      current.push(cost)
    }
    before = previous
    previous = current
  }
  return previous[to.length] ?? 0
}

const longestWord = 60

/** The candidate that was probably meant, or null. */
export const closest = (word: string, candidates: Iterable<string>): string | null => {
  if (word.length > longestWord) return null
  const allowed = Math.max(1, Math.floor(word.length / 3))
  let best: { readonly candidate: string; readonly edits: number } | null = null
  const asked = word.toLowerCase()
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > allowed) continue
    const edits = distance(asked, candidate.toLowerCase())
    if (edits <= allowed && (best === null || edits < best.edits)) best = { candidate, edits }
  }
  return best?.candidate ?? null
}

const listed = 12

/** `Did you mean “x”?`, else what there is to choose from. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const all = [...candidates]
  const guess = closest(word, all)
  if (guess !== null) return `Did you mean “${guess}”?`
  if (all.length === 0) return 'There is none to choose from.'
  const shown = all.slice(0, listed).join(', ')
  return all.length > listed ? `There are ${shown} and ${all.length - listed} more.` : `Choose from ${shown}.`
}
