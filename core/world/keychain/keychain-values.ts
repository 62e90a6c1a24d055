import { notOurs } from './keychain-faults.ts'
import type { Items } from './keychain-items.ts'
import { headOf, joinPieces, unfinishedHead } from './pieces.ts'

/** The account of a piece: `home/block/field@version/0`. */
const pieceAt = (account: string, piece: number): string => `${account}/${piece}`

/** Null when there is none, or only a part of one. */
export const readValue = async (items: Items, account: string): Promise<string | null> => {
  const first = await items.get(pieceAt(account, 0))
  if (first === null) return null
  const head = headOf(first)
  if (head === null) throw notOurs(account)
  if (head.kind === 'unfinished') return null
  const pieces = [first]
  for (let piece = 1; piece < head.pieces; piece += 1) {
    const text = await items.get(pieceAt(account, piece))
    if (text === null) return null
    pieces.push(text)
  }
  return joinPieces(pieces)
}

export const writeValue = async (items: Items, account: string, pieces: readonly string[]): Promise<void> => {
  const before = await countOf(items, account)
  const [first = '', ...rest] = pieces
  if (rest.length > 0 || before > 1)
    await items.set(pieceAt(account, 0), unfinishedHead(Math.max(pieces.length, before)))
  for (const [index, text] of rest.entries()) await items.set(pieceAt(account, index + 1), text)
  for (let piece = before - 1; piece >= pieces.length; piece -= 1) await items.delete(pieceAt(account, piece))
  await items.set(pieceAt(account, 0), first)
}

/** The first piece goes last, since only it knows of the others. */
export const deleteValue = async (items: Items, account: string): Promise<void> => {
  const count = await countOf(items, account)
  for (let piece = count - 1; piece >= 0; piece -= 1) await items.delete(pieceAt(account, piece))
}

const countOf = async (items: Items, account: string): Promise<number> => {
  const first = await items.get(pieceAt(account, 0))
  return first === null ? 0 : (headOf(first)?.pieces ?? 1)
}
