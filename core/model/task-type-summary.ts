import type { FieldDescription } from './field-description.ts'
import type { TaskTraits } from './flow-document.ts'
import type { JsonValue, PortKind } from './handle.ts'

export const taskGroups = ['source', 'transform', 'store', 'script', 'control', 'notify'] as const
export type TaskGroup = (typeof taskGroups)[number]

export type InputPort = {
  readonly kind: PortKind
  readonly title: string
  readonly help?: string
  /** Takes a list of outputs, also the list a mapped task makes. */
  readonly many?: true
  readonly optional?: true
}

export type OutputPort = {
  readonly kind: PortKind
  readonly title: string
  readonly help?: string
  /** It makes a list of handles, perhaps of one or none, which fits only ports that take many. */
  readonly many?: true
  /** It may be missing after a good run; tasks that need it are then skipped. */
  readonly optional?: true
}

/** A task type as a palette, a node and a form show it. */
export type TaskTypeSummary = {
  readonly type: string
  readonly version: number
  readonly title: string
  readonly summary: string
  readonly group: TaskGroup
  /** A lucide icon's name. */
  readonly icon: string
  /** Names people bring from elsewhere, for search. */
  readonly aliases: readonly string[]
  readonly inputs: Readonly<Record<string, InputPort>>
  readonly outputs: Readonly<Record<string, OutputPort>>
  readonly fields: readonly FieldDescription[]
  readonly examples: readonly Readonly<Record<string, JsonValue>>[]
  readonly traits: TaskTraits
}
