import { createHash } from 'node:crypto'
import path from 'node:path'
import type { ConfigRows } from '#core/model/store.ts'

/** A flow as it stands in its file. */
export type FlowInFile = { readonly file: string; readonly text: string }

/**
 * Which flows run without being looked at: those of the library, except what was imported, and elsewhere those whose text
 * somebody has looked at as it is.
 */
export type Trust = {
  isTrusted(flow: FlowInFile): boolean
  /** Somebody has looked at what it touches. */
  trust(flow: FlowInFile): void
  /** It was imported: until somebody has looked at it. */
  distrust(flow: FlowInFile): void
  /** A flow that goes by another name, a copy or a part of it, is as well known as it was. */
  carry(from: FlowInFile, to: FlowInFile): void
  /** The file is gone. */
  forget(file: string): void
}

export const createTrust = (rows: ConfigRows, library: string): Trust => {
  const isInLibrary = (file: string) => path.dirname(file) === path.resolve(library) && file.endsWith('.yaml')
  const keep = (key: string, value: string | undefined): void => {
    if (rows.all()[key] === value) return
    if (value === undefined) rows.unset(key)
    else rows.set(key, value)
  }
  const isTrusted = ({ file, text }: FlowInFile): boolean =>
    isInLibrary(file) ? rows.all()[imported(file)] === undefined : rows.all()[looked(file)] === hashOf(text)
  const trust = ({ file, text }: FlowInFile): void =>
    isInLibrary(file) ? keep(imported(file), undefined) : keep(looked(file), hashOf(text))
  const distrust = ({ file }: FlowInFile): void =>
    isInLibrary(file) ? keep(imported(file), 'yes') : keep(looked(file), undefined)
  return {
    isTrusted,
    trust,
    distrust,
    carry: (from, to) => (isTrusted(from) ? trust(to) : distrust(to)),
    forget: (file) => {
      keep(imported(file), undefined)
      keep(looked(file), undefined)
    },
  }
}

const imported = (file: string): string => `imported ${file}`
const looked = (file: string): string => `looked at ${file}`

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
