import type { z } from 'zod'
import type { FileHandle, JsonValue, Outputs, PortKind, TableHandle, ValueHandle } from '#core/model/handle.ts'
import type { TaskTraits } from '#core/model/flow-document.ts'
import type { InputPort, OutputPort, TaskGroup } from '#core/model/task-type-summary.ts'
import type { TaskContext } from './task-context.ts'

type HandleOf<K extends PortKind> = Extract<TableHandle | FileHandle | ValueHandle, { kind: K }>
type InputOf<P extends InputPort> = P extends { many: true }
  ? readonly HandleOf<P['kind']>[]
  : P extends { optional: true }
    ? HandleOf<P['kind']> | undefined
    : HandleOf<P['kind']>
export type InputsOf<I> = { readonly [P in keyof I]: I[P] extends InputPort ? InputOf<I[P]> : never }
type OutputOf<P> = P extends OutputPort
  ? P extends { many: true }
    ? { readonly kind: 'list'; readonly handles: readonly HandleOf<P['kind']>[] }
    : HandleOf<P['kind']>
  : never
export type OutputsOf<O> = {
  readonly [P in keyof O as O[P] extends { optional: true } ? never : P]: OutputOf<O[P]>
} & { readonly [P in keyof O as O[P] extends { optional: true } ? P : never]?: OutputOf<O[P]> }

/** Relative paths in settings mean the folder of the flow's file. */
export type FingerprintPlace = {
  readonly flowFolder: string
  /** Of a file, as a path is written in the flow; null when there is none. */
  contentHash(path: string): Promise<string | null>
}

export type Upgrade = (config: Record<string, JsonValue>) => Record<string, JsonValue>

/** What a node can do: one definition, from which form, checks, YAML schema, docs and palette follow. */
export type TaskTypeDefinition<
  C extends z.ZodObject = z.ZodObject,
  I extends Readonly<Record<string, InputPort>> = Readonly<Record<string, InputPort>>,
  O extends Readonly<Record<string, OutputPort>> = Readonly<Record<string, OutputPort>>,
> = {
  /** Never renamed. */
  readonly type: string
  /** Raised by one when `config` changes, with one step in `upgrade`. */
  readonly version: number
  readonly title: string
  readonly summary: string
  readonly group: TaskGroup
  /** A lucide icon's name. */
  readonly icon: string
  /** Names people bring from elsewhere, for search: `pandas.read_csv`, `to_parquet`. */
  readonly aliases?: readonly string[]
  readonly config: C
  readonly inputs: I
  /** At least one of these must be given, where what the task works on comes in several ways. */
  readonly needsOne?: {
    readonly inputs: readonly (keyof I & string)[]
    readonly settings: readonly (keyof z.output<C> & string)[]
  }
  readonly outputs: O
  /** By the version it comes from. */
  readonly upgrade?: Readonly<Record<number, Upgrade>>
  /** Settings that are valid and make sense; tests read and the docs show them. */
  readonly examples: readonly Readonly<Record<string, JsonValue>>[]
  /** Default: `{ runs: 'worker', tables: 'none', effect: false }`; what the input ports say follows from them. */
  readonly traits?: Partial<Omit<TaskTraits, 'optional' | 'many'>>
  /** What it depends on beside settings and inputs, for the cache key: a script's text, a file's content. */
  readonly fingerprint?: (config: z.output<C>, place: FingerprintPlace) => JsonValue | Promise<JsonValue>
  run(context: TaskContext<z.output<C>, InputsOf<I>>): Promise<OutputsOf<O>>
}

/** A definition with its types forgotten: what catalogues, forms and the worker hold. `run` is called with parsed settings and checked inputs. */
export type TaskType = Omit<TaskTypeDefinition, 'run' | 'fingerprint' | 'traits' | 'needsOne'> & {
  readonly needsOne?: { readonly inputs: readonly string[]; readonly settings: readonly string[] } | undefined
  readonly traits: TaskTraits
  readonly fingerprint: (config: unknown, place: FingerprintPlace) => JsonValue | Promise<JsonValue>
  readonly run: (context: TaskContext<unknown, unknown>) => Promise<Outputs>
}

const portsWith = (inputs: Readonly<Record<string, InputPort>>, mark: 'optional' | 'many') =>
  Object.keys(inputs).filter((port) => inputs[port]?.[mark])

export const defineTask = <
  C extends z.ZodObject,
  const I extends Readonly<Record<string, InputPort>>,
  const O extends Readonly<Record<string, OutputPort>>,
>(
  definition: TaskTypeDefinition<C, I, O>,
): TaskType => ({
  ...definition,
  traits: {
    runs: 'worker',
    tables: 'none',
    effect: false,
    ...definition.traits,
    optional: portsWith(definition.inputs, 'optional'),
    many: portsWith(definition.inputs, 'many'),
  },
  fingerprint: (config, place) => definition.fingerprint?.(config as z.output<C>, place) ?? null,
  run: definition.run as TaskType['run'],
})
