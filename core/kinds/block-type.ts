import type { z } from 'zod'
import type { SecretField, TestStage } from '#core/model/block.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Capability, DatabaseClient, StorageClient } from './capabilities.ts'
import type { Upgrade } from './task-type.ts'

/** What a block is opened with. A secret is asked for by name at the moment it is used. */
export type BlockContext<Settings> = {
  readonly settings: Settings
  secret(field: string): Promise<string>
  /** The home, for blocks with relative paths (`lake`, `warehouse.duckdb`). */
  readonly home: string
  readonly signal: AbortSignal
}

export type BlockTypeDefinition<C extends z.ZodObject = z.ZodObject> = {
  readonly type: string
  readonly version: number
  readonly title: string
  readonly summary: string
  readonly icon: string
  readonly config: C
  readonly secrets: Readonly<Record<string, SecretField>>
  readonly capabilities: readonly Capability[]
  /** Names a thing that only one task may use at once, for example a DuckDB file; the others wait for it. */
  readonly exclusive?: (settings: z.output<C>, place: { readonly home: string }) => string
  readonly upgrade?: Readonly<Record<number, Upgrade>>
  readonly examples: readonly Readonly<Record<string, JsonValue>>[]
  openStorage?(context: BlockContext<z.output<C>>): Promise<StorageClient>
  openDatabase?(context: BlockContext<z.output<C>>): Promise<DatabaseClient>
  /** What `{{ blocks.type.name }}` and scripts see for a block that is a plain value; never a secret. */
  test(context: BlockContext<z.output<C>>): AsyncIterable<TestStage>
}

/** A definition with its types forgotten. */
export type BlockType = Omit<BlockTypeDefinition, 'exclusive' | 'openStorage' | 'openDatabase' | 'test'> & {
  readonly exclusive: ((settings: unknown, place: { readonly home: string }) => string) | null
  readonly openStorage: ((context: BlockContext<unknown>) => Promise<StorageClient>) | null
  readonly openDatabase: ((context: BlockContext<unknown>) => Promise<DatabaseClient>) | null
  readonly test: (context: BlockContext<unknown>) => AsyncIterable<TestStage>
}

export const defineBlock = <C extends z.ZodObject>(definition: BlockTypeDefinition<C>): BlockType => {
  type Context = BlockContext<z.output<C>>
  const { exclusive, openStorage, openDatabase } = definition
  return {
    ...definition,
    exclusive: exclusive ? (settings, place) => exclusive(settings as z.output<C>, place) : null,
    openStorage: openStorage ? (context) => openStorage(context as Context) : null,
    openDatabase: openDatabase ? (context) => openDatabase(context as Context) : null,
    test: (context) => definition.test(context as Context),
  }
}
