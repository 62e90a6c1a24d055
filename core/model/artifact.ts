import type { Column, JsonValue } from './handle.ts'

/** What a task run leaves for people to look at. */
export type ArtifactContent =
  | {
      readonly kind: 'table'
      readonly columns: readonly Column[]
      /** Values in the order of the columns. */
      readonly rows: readonly (readonly JsonValue[])[]
      /** How many there are in all, of which `rows` are the first. */
      readonly total: number
    }
  | { readonly kind: 'markdown'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly text: string }

/** A later one of the same task run with the same title takes its place. */
export type NewArtifact = { readonly title: string } & ArtifactContent

export type ArtifactSummary = {
  readonly id: number
  readonly flowRun: string
  readonly taskRun: string
  readonly kind: ArtifactContent['kind']
  readonly title: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** Of its content as JSON. */
  readonly bytes: number
}

export type Artifact = Omit<ArtifactSummary, 'kind'> & ArtifactContent

/** Most bytes of one artifact, and most artifacts of one task run. */
export const artifactBytes = 1_000_000
export const artifactsOfTaskRun = 50

const longestTitle = 200
const longestCell = 1000

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text)

const cutCell = (cell: JsonValue): JsonValue => {
  if (typeof cell === 'string') return cut(cell, longestCell)
  if (typeof cell !== 'object' || cell === null) return cell
  const text = JSON.stringify(cell)
  return text.length > longestCell ? cut(text, longestCell) : cell
}

/** Bytes in UTF-8 at most; a character of a string takes up to three. */
const sizeOf = (value: JsonValue): number => JSON.stringify(value).length * 3

/** What fits: long texts are cut with an ellipsis, rows that are too many are left out. */
export const boundedArtifact = (artifact: NewArtifact): NewArtifact => {
  const title = cut(artifact.title, longestTitle)
  switch (artifact.kind) {
    case 'table':
      return { ...artifact, title, rows: rowsThatFit(artifact.rows) }
    case 'markdown':
      return { ...artifact, title, text: cut(artifact.text, Math.floor(artifactBytes / 3)) }
    case 'link':
      return { ...artifact, title, url: cut(artifact.url, 8000), text: cut(artifact.text, longestTitle) }
    default:
      return artifact satisfies never
  }
}

const rowsThatFit = (rows: readonly (readonly JsonValue[])[]): readonly (readonly JsonValue[])[] => {
  const kept: (readonly JsonValue[])[] = []
  let room = artifactBytes
  for (const row of rows) {
    const cells = row.map(cutCell)
    room -= sizeOf(cells)
    if (room < 0) break
    kept.push(cells)
  }
  return kept
}
