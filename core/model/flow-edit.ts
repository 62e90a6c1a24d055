import { z } from 'zod'
import type { JsonValue } from './handle.ts'

/**
 * What the screen asks of the engine, which owns the text of a flow. Each operation changes only what it names: every
 * other byte of the text stays, and every other value stays the same, also where the YAML shares values by anchors,
 * aliases and merge keys.
 */
const json: z.ZodType<JsonValue> = z.json()
const path = z.array(z.union([z.string(), z.number().int().nonnegative()])).readonly()
const taskId = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/, 'A task id such as clean_rows: lower-case letters, digits, _ and -')
const bareName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'A name such as start_date: letters, digits, _ and -, and a letter first')
const output = z.object({ task: z.string(), output: z.string() }).readonly()
const position = z.tuple([z.number(), z.number()]).readonly()

/** Offsets are UTF-16 code units of the text, as in JavaScript strings. `remove` is the text that stands there. */
const splice = z.object({ at: z.number().int().nonnegative(), remove: z.string(), insert: z.string() }).readonly()
export type Splice = z.infer<typeof splice>

const flowFields = ['name', 'description', 'parameters'] as const

const single = z.discriminatedUnion('kind', [
  /** Gives a field its value; makes the key, and the maps above it, when they are missing. */
  z.object({ kind: z.literal('set'), path, value: json }),
  /** Takes a key or list item away. The last one leaves `{}` or `[]`, or with `prune` takes its parent with it. */
  z.object({ kind: z.literal('remove'), path, prune: z.boolean().optional() }),
  /** Adds a new key to the map at `path`: before another key, or last. */
  z.object({ kind: z.literal('insert-key'), path, key: z.string(), value: json, before: z.string().optional() }),
  /** Adds an item to the list at `path`; `index` is where it will be found. */
  z.object({ kind: z.literal('insert-item'), path, index: z.number().int().nonnegative(), value: json }),
  /** `to` is where the item will be found. */
  z.object({
    kind: z.literal('move-item'),
    path,
    from: z.number().int().nonnegative(),
    to: z.number().int().nonnegative(),
  }),
  z.object({ kind: z.literal('rename-key'), path, to: z.string() }),
  /** Moves a key of the map at `path`: before another key, or to the end. */
  z.object({ kind: z.literal('move-key'), path, key: z.string(), before: z.string().optional() }),
  /** Of a parameter or variable: the key, and the name in every expression. */
  z.object({
    kind: z.literal('rename-name'),
    section: z.enum(['parameters', 'variables']),
    name: z.string(),
    to: bareName,
  }),
  z.object({
    kind: z.literal('add-task'),
    task: taskId,
    definition: z.record(z.string(), json),
    position: position.optional(),
    before: z.string().optional(),
  }),
  /** With its wires, the `after` and `for_each` of others that name it, and its place on the canvas. */
  z.object({ kind: z.literal('remove-task'), task: z.string() }),
  /** Everywhere: wires, `after`, `for_each`, the layout, and `tasks.<id>` in expressions. */
  z.object({ kind: z.literal('rename-task'), task: z.string(), to: taskId }),
  /** A `many` port takes one more output, any other takes this one in place of what it had. */
  z.object({ kind: z.literal('connect'), task: z.string(), port: z.string(), from: output, many: z.boolean() }),
  /** Takes one output from the port, or all when `from` is left out. */
  z.object({ kind: z.literal('disconnect'), task: z.string(), port: z.string(), from: output.optional() }),
  /** Places on the canvas by task; null forgets one. */
  z.object({ kind: z.literal('set-positions'), positions: z.record(z.string(), position.nullable()) }),
  /** Null removes the field. */
  z.object({ kind: z.literal('set-flow-field'), field: z.enum(flowFields), value: json }),
  /** The whole text, as the YAML editor has it. */
  z.object({ kind: z.literal('replace-text'), text: z.string() }),
  /** Ascending and apart. Refused when the text has moved on. The inverse of every operation is one of these. */
  z.object({ kind: z.literal('splice'), splices: z.array(splice).readonly() }),
])

type SingleOperation = z.infer<typeof single>
export type EditOperation =
  | SingleOperation
  /** One step for undo: all of them or none. */
  | { readonly kind: 'batch'; readonly operations: readonly EditOperation[] }

export const editOperation: z.ZodType<EditOperation> = z.lazy(() =>
  z.union([single, z.object({ kind: z.literal('batch'), operations: z.array(editOperation).readonly() })]),
)

export type OperationOf<K extends EditOperation['kind']> = Extract<EditOperation, { kind: K }>
export type EditPath = readonly (string | number)[]

export type Edited = {
  readonly text: string
  /** What changed, in offsets of the text before. Empty when nothing did. */
  readonly splices: readonly Splice[]
  /** Applied to the new text, gives the old one back, byte for byte. */
  readonly inverse: EditOperation
}
