import type { z } from 'zod'
import type { SecretFacts, SecretField, TestStage } from '#core/model/block.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Capability, DatabaseClient, Notifier, StorageClient } from './capabilities.ts'
import type { Http } from './http/http.ts'
import type { Upgrade } from './task-type.ts'

/** What a block is opened with. A secret is asked for by name at the moment it is used. */
export type BlockContext<Settings> = {
  readonly settings: Settings
  secret(field: string): Promise<string>
  /** A block that a setting names, for example the credentials of a bucket. */
  block(reference: string): Promise<NestedBlock>
  /** The home, for blocks with relative paths (`lake`, `warehouse.duckdb`). */
  readonly home: string
  readonly http: Http
  readonly signal: AbortSignal
  /** Told what it reads elsewhere and is secret, before that is used: it is masked from then on, as its own secrets are. */
  mask?(value: string): void
  /** Tells whoever uses it what they should know, once: a line of the task's log. */
  warn?(message: string): void
  /** Tells what is good to know, for example where a job can be seen: a line of the task's log. */
  note?(message: string): void
}

/**
 * `write`: somebody asked that the test also writes something small, and takes it away again. `create`: somebody took the
 * offer to make what is missing.
 */
export type TestContext<Settings> = BlockContext<Settings> & { readonly write?: boolean; readonly create?: boolean }

export type NestedBlock = {
  readonly type: string
  /** Parsed by its own type. */
  readonly settings: Readonly<Record<string, JsonValue>>
  secret(field: string): Promise<string>
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
  /** For databases whose SQL writes texts and names in its own way. */
  readonly dialect?: 'googlesql'
  /** For databases that tell what statements would read, and are paid for by it. */
  readonly estimates?: true
  /** Markdown: what it is for, what it needs, how to get that. */
  readonly docs?: string
  /** Secret fields that are optional, but needed with these settings; a block without them is shown as not ready. */
  readonly needs?: (settings: z.output<C>) => readonly string[]
  /** By secret field: what may be shown of a value. Throws Refused, with what it is instead and what to fetch, where it is no such secret. */
  readonly facts?: Readonly<Record<string, (value: string) => SecretFacts>>
  /** Settings that hold certificates, as PEM text or as the path of a file: when they end is told as of a key. */
  readonly certificates?: readonly string[]
  /** Names a thing that only one task may use at once, for example a DuckDB file; the others wait for it. */
  readonly exclusive?: (settings: z.output<C>, place: { readonly home: string }) => string
  readonly upgrade?: Readonly<Record<number, Upgrade>>
  readonly examples: readonly Readonly<Record<string, JsonValue>>[]
  /** Its test can also write something small. */
  readonly triesWriting?: true
  openStorage?(context: BlockContext<z.output<C>>): Promise<StorageClient>
  openDatabase?(context: BlockContext<z.output<C>>): Promise<DatabaseClient>
  openNotifier?(context: BlockContext<z.output<C>>): Promise<Notifier>
  /** Stage by stage: reach, TLS, sign in, permission. What goes wrong is a stage with a remedy, not an error. */
  test(context: TestContext<z.output<C>>): AsyncIterable<TestStage>
}

/** A definition with its types forgotten. */
export type BlockType = Omit<
  BlockTypeDefinition,
  'needs' | 'exclusive' | 'openStorage' | 'openDatabase' | 'openNotifier' | 'test'
> & {
  readonly needs: (settings: unknown) => readonly string[]
  readonly exclusive: ((settings: unknown, place: { readonly home: string }) => string) | null
  readonly openStorage: ((context: BlockContext<unknown>) => Promise<StorageClient>) | null
  readonly openDatabase: ((context: BlockContext<unknown>) => Promise<DatabaseClient>) | null
  readonly openNotifier: ((context: BlockContext<unknown>) => Promise<Notifier>) | null
  readonly test: (context: TestContext<unknown>) => AsyncIterable<TestStage>
}

export const defineBlock = <C extends z.ZodObject>(definition: BlockTypeDefinition<C>): BlockType => {
  type Context = BlockContext<z.output<C>>
  const { needs, exclusive, openStorage, openDatabase, openNotifier } = definition
  return {
    ...definition,
    needs: needs ? (settings) => needs(settings as z.output<C>) : () => [],
    exclusive: exclusive ? (settings, place) => exclusive(settings as z.output<C>, place) : null,
    openStorage: openStorage ? (context) => openStorage(context as Context) : null,
    openDatabase: openDatabase ? (context) => openDatabase(context as Context) : null,
    openNotifier: openNotifier ? (context) => openNotifier(context as Context) : null,
    test: (context) => definition.test(context as TestContext<z.output<C>>),
  }
}
