import type { EditOperation } from '#core/model/flow-edit.ts'
import { batch, several, type Edit } from './edits.ts'
import { markKeys, type Mark, type Outline, type Position } from './outline.ts'

/** What the selection and the canvas call a note or frame. */
export const markName = ({ kind, id }: Pick<Mark, 'kind' | 'id'>): string => `${kind}:${id}`

export const markOf = ({ marks }: Outline, name: string): Mark | undefined =>
  marks.find((mark) => markName(mark) === name)

const pathOf = ({ kind, id }: Pick<Mark, 'kind' | 'id'>): string[] => ['layout', markKeys[kind], id]

const valueOf = ({ position, size, text }: Mark) => ({ at: [...position], size: [...size], text })

export type NewMark = Omit<Mark, 'id'>

export const addMark = ({ marks }: Outline, mark: NewMark): Edit & { readonly mark: string } => {
  const taken = new Set(marks.filter(({ kind }) => kind === mark.kind).map(({ id }) => id))
  let number = 1
  while (taken.has(`${mark.kind}_${number}`)) number += 1
  const added: Mark = { ...mark, id: `${mark.kind}_${number}` }
  return {
    label: mark.kind === 'note' ? 'Add note' : 'Add frame',
    operation: { kind: 'set', path: pathOf(added), value: valueOf(added) },
    added: [],
    mark: markName(added),
  }
}

export const removeMarks = (marks: readonly Mark[]): Edit => ({
  label: `Delete ${several(marks.length, marks[0]?.kind ?? 'note', 'notes and frames')}`,
  operation: batch(marks.map((mark): EditOperation => ({ kind: 'remove', path: pathOf(mark), prune: true }))),
  added: [],
})

export const writeMark = (mark: Mark, text: string): Edit => ({
  label: mark.kind === 'note' ? 'Write note' : 'Name frame',
  operation: { kind: 'set', path: [...pathOf(mark), 'text'], value: text },
  added: [],
})

export const resizeMark = (mark: Mark, position: Position, size: Position): Edit => ({
  label: mark.kind === 'note' ? 'Resize note' : 'Resize frame',
  operation: batch([
    { kind: 'set', path: [...pathOf(mark), 'at'], value: [...position] },
    { kind: 'set', path: [...pathOf(mark), 'size'], value: [...size] },
  ]),
  added: [],
})

export type Moves = {
  readonly tasks: ReadonlyMap<string, Position>
  readonly marks: readonly (readonly [Mark, Position])[]
}

/** Tasks, notes and frames come to new places as one step. */
export const moveAll = (label: string, { tasks, marks }: Moves): Edit => {
  const positions = Object.fromEntries([...tasks].map(([id, [x, y]]): [string, [number, number]] => [id, [x, y]]))
  return {
    label,
    operation: batch([
      ...(tasks.size > 0 ? [{ kind: 'set-positions', positions } as const] : []),
      ...marks.map(([mark, at]): EditOperation => ({ kind: 'set', path: [...pathOf(mark), 'at'], value: [...at] })),
    ]),
    added: [],
  }
}

const holds = (frame: Mark, [x, y]: Position, [width, height]: Position): boolean =>
  x >= frame.position[0] &&
  y >= frame.position[1] &&
  x + width <= frame.position[0] + frame.size[0] &&
  y + height <= frame.position[1] + frame.size[1]

/** What lies wholly within a frame moves with it. */
export const within = <T extends { readonly position: Position; readonly size: Position }>(
  frame: Mark,
  things: readonly T[],
): readonly T[] => things.filter((thing) => thing !== (frame as unknown) && holds(frame, thing.position, thing.size))
