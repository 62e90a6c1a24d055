import { Refused } from '#core/model/failure.ts'
import type { Edited, Splice } from '#core/model/flow-edit.ts'

/** A change of the text between two offsets. Changes of one edit never overlap; those at one place keep their order. */
export type Change = { readonly from: number; readonly to: number; readonly insert: string }

export const insertion = (at: number, insert: string): Change => ({ from: at, to: at, insert })
export const deletion = (from: number, to: number): Change => ({ from, to, insert: '' })

export const edited = (text: string, changes: readonly Change[]): Edited => {
  const splices = toSplices(text, changes)
  return { text: applySplices(text, splices), splices, inverse: { kind: 'splice', splices: inverseOf(splices) } }
}

const toSplices = (text: string, changes: readonly Change[]): Splice[] => {
  const splices: Splice[] = []
  let end = 0
  const real = changes.filter(({ from, to, insert }) => text.slice(from, to) !== insert)
  for (const { from, to, insert } of real.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) throw new Refused({ code: 'invalid', message: overlapping })
    const last = splices.at(-1)
    const remove = text.slice(from, to)
    if (last && from === end) splices[splices.length - 1] = joined(last, { remove, insert })
    else splices.push({ at: from, remove, insert })
    end = to
  }
  return splices
}

const overlapping =
  'This edit would change one place of the YAML in two ways. Change it in the YAML editor, or in two steps.'

const joined = (first: Splice, next: Omit<Splice, 'at'>): Splice => ({
  at: first.at,
  remove: first.remove + next.remove,
  insert: first.insert + next.insert,
})

export const applySplices = (text: string, splices: readonly Splice[]): string => {
  let result = ''
  let done = 0
  for (const { at, remove, insert } of splices) {
    if (at < done || text.slice(at, at + remove.length) !== remove) {
      throw new Refused({
        code: 'conflict',
        message: 'The text has changed since this edit was made. Load the flow again and repeat it.',
      })
    }
    result += text.slice(done, at) + insert
    done = at + remove.length
  }
  return result + text.slice(done)
}

/** Splices that lead back from the new text to the old. */
export const inverseOf = (splices: readonly Splice[]): Splice[] => {
  let shift = 0
  return splices.map(({ at, remove, insert }) => {
    const back = { at: at + shift, remove: insert, insert: remove }
    shift += insert.length - remove.length
    return back
  })
}

const highSurrogate = /[\uD800-\uDBFF]/

/** The smallest single change that makes one text of the other; never half a character. */
export const difference = (before: string, after: string): Change[] => {
  if (before === after) return []
  const shorter = Math.min(before.length, after.length)
  let from = 0
  while (from < shorter && before[from] === after[from]) from += 1
  if (from > 0 && highSurrogate.test(before[from - 1] ?? '')) from -= 1
  let tail = 0
  while (tail < shorter - from && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  if (tail > 0 && highSurrogate.test(before[before.length - tail - 1] ?? '')) tail -= 1
  return [{ from, to: before.length - tail, insert: after.slice(from, after.length - tail) }]
}

/** A piece of the newest text: a stretch of the first text, or new. */
type Piece =
  | { readonly kind: 'kept'; readonly from: number; readonly to: number }
  | { readonly kind: 'new'; readonly text: string }

const lengthOf = (piece: Piece) => (piece.kind === 'new' ? piece.text.length : piece.to - piece.from)

const cut = (piece: Piece, from: number, to: number): Piece =>
  piece.kind === 'new'
    ? { kind: 'new', text: piece.text.slice(from, to) }
    : { kind: 'kept', from: piece.from + from, to: piece.from + to }

/** Remembers what is left of the first text while splices follow one another. */
export const composition = (first: string) => {
  let pieces: Piece[] = [{ kind: 'kept', from: 0, to: first.length }]

  const range = (from: number, to: number): Piece[] => {
    const found: Piece[] = []
    let start = 0
    for (const piece of pieces) {
      const end = start + lengthOf(piece)
      if (end > from && start < to) found.push(cut(piece, Math.max(from - start, 0), Math.min(to, end) - start))
      start = end
    }
    return found
  }

  return {
    add(splices: readonly Splice[]) {
      const next: Piece[] = []
      let done = 0
      for (const { at, remove, insert } of splices) {
        next.push(...range(done, at), { kind: 'new', text: insert })
        done = at + remove.length
      }
      pieces = [...next, ...range(done, Number.POSITIVE_INFINITY)]
    },
    changes(): Change[] {
      const changes: Change[] = []
      let done = 0
      let insert = ''
      for (const piece of [...pieces, { kind: 'kept' as const, from: first.length, to: first.length }]) {
        if (piece.kind === 'new') insert += piece.text
        else {
          if (insert !== '' || piece.from > done) changes.push({ from: done, to: piece.from, insert })
          insert = ''
          done = piece.to
        }
      }
      return changes
    },
  }
}
