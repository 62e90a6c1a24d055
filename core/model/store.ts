import type { Artifact, ArtifactSummary, NewArtifact } from './artifact.ts'
import type { Dataset } from './dataset.ts'
import type { FlowDocument } from './flow-document.ts'
import { Refused } from './failure.ts'
import type { FlowRun, TaskRun } from './flow-run.ts'
import type { JsonValue } from './handle.ts'
import type { RunEvent } from './run-event.ts'
import type { RunHistory } from './run-news.ts'
import type { RunOrder, RunPage } from './run-page.ts'
import type { StateName, StateType } from './state.ts'
import type { TableProfile } from './table-profile.ts'

/** The disk is full. Nothing of the call was written; the same call may be made again once there is room. */
export class StoreFull extends Refused {}

export type CacheEntry = {
  readonly key: string
  readonly flowRun: string
  readonly taskRun: string
  readonly createdAt: number
  /** Null for never. */
  readonly expiresAt: number | null
}

/** `items`: how many a mapped task has, in the row that sums them up (then `item` is null). `waiting` is not stored: null. */
export type StoredTaskRun = TaskRun & { readonly items: number | null }

export type FlowRunFilter = {
  readonly flow?: string
  /** State names and state types; none means any. */
  readonly states?: readonly (StateName | StateType)[]
  readonly tag?: string
  /** Part of the run's name or of its flow's name, in any case. */
  readonly text?: string
  /** Created at or after, and before; milliseconds since 1970. */
  readonly since?: number
  readonly until?: number
  /** Leaves out the runs of subflows. */
  readonly topLevel?: boolean
  readonly limit?: number
  /** The id of the last run of the page before. */
  readonly after?: string
}

/** Runs that fit, in any order, from an offset; a page of them and how many there are in all. */
export type FlowRunPageRequest = Omit<FlowRunFilter, 'after' | 'limit'> & {
  readonly sort: RunOrder
  readonly descending: boolean
  readonly offset: number
  readonly limit: number
}

/** YAML text and what it was read as, kept by the SHA-256 of the text and of the types it was read with. */
export type StoredDocument = { readonly hash: string; readonly text: string; readonly document: FlowDocument }

export type FlowVersion = {
  readonly file: string
  /** From 1. */
  readonly version: number
  readonly document: string
  readonly savedAt: number
}

/** A block as stored. No field ever holds a secret value. */
export type BlockRow = {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly version: number
  readonly revision: number
  /** JSON. */
  readonly settings: string
  /** JSON: each secret field that is set, with its version. */
  readonly secrets: string
  /** JSON: what may be shown of them, by field. */
  readonly facts: string
  /** Kept by `recordUse`; a put leaves it as it is. */
  readonly usedAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** A block has a new name; what names it still has to follow. */
export type BlockRename = { readonly type: string; readonly from: string; readonly to: string }

export type BlockChange = {
  /** Inserted, or replaced by id. */
  readonly put?: BlockRow
  /** Id of the block to remove. */
  readonly remove?: string
  /** Secret names to record as pending, and those to strike off. */
  readonly pending?: readonly string[]
  readonly settled?: readonly string[]
  /** Records a rename that others must follow, and strikes one off. */
  readonly renamed?: BlockRename
  readonly followed?: BlockRename
}

export type BlockTest = {
  readonly block: string
  readonly at: number
  readonly passed: boolean
  readonly stages: JsonValue
}

export type TagConcurrencyLimit = { readonly tag: string; readonly limit: number }

export type RetentionPolicy = {
  /** Milliseconds a run that has ended is kept. */
  readonly age: number
  /** Most bytes of results; the oldest go first. */
  readonly bytes: number
}

export const defaultRetention: RetentionPolicy = { age: 30 * 86_400_000, bytes: 20 * 1024 ** 3 }

export type StoreSizes = {
  readonly flowRuns: number
  readonly taskRuns: number
  readonly events: number
  /** Bytes of all results that were measured. */
  readonly results: number
  /** Bytes of the database. */
  readonly state: number
}

/**
 * All state of a home; logs are apart, and what the engine appends is RunStore in core/world/sqlite/run-store.ts. Calls are synchronous, and durable when they return. Each that writes throws StoreFull
 * when the disk is full, and Refused `conflict` when another engine has taken the home over; then nothing is written.
 */
export type StateStore = {
  /** Deleted runs are found by id only. */
  flowRun(id: string): FlowRun | null
  /** By id, by the unique beginning of an id, or by name; refuses with `not-found`, or `invalid` when several fit. */
  findFlowRun(text: string): FlowRun
  /** Of the flow of that name. */
  flowRunBySubmissionKey(flow: string, key: string): FlowRun | null
  /** The subflow run of a task run. */
  childOf(parent: NonNullable<FlowRun['parent']>): FlowRun | null
  /** Newest first. */
  flowRuns(filter: FlowRunFilter): readonly FlowRun[]
  flowRunPage(request: FlowRunPageRequest): RunPage
  /** The last so many runs of each of these flows, newest first, in one query. */
  recentRuns(flows: readonly string[], each: number): ReadonlyMap<string, readonly FlowRun[]>
  /** Runs that have not ended, oldest first. */
  unfinished(): readonly FlowRun[]
  children(flowRun: string): readonly FlowRun[]
  lastFlowRun(flow: string): FlowRun | null
  taskRuns(flowRun: string): readonly StoredTaskRun[]
  taskRun(flowRun: string, key: string): StoredTaskRun | null
  /** In order; `from` leaves out that many of the first. */
  events(flowRun: string, from?: number): readonly RunEvent[]
  /** Figures of the last runs of a flow that have ended; default 50. */
  history(flow: string, runs?: number): RunHistory

  putDocument(document: StoredDocument): void
  document(hash: string): StoredDocument | null
  /** Does nothing when the newest version has this document already. */
  saveFlowVersion(version: { file: string; document: StoredDocument; savedAt: number }): FlowVersion
  /** Newest first. */
  flowVersions(file: string): readonly FlowVersion[]
  /** The versions and runs of a flow go with its file and name; what versions one that is gone has left there are dropped. */
  moveFlow(from: string, to: { readonly file: string; readonly flow: string }): void
  /** Whether a kept document, the parameters of a run or the settings of a block hold this text. */
  mentions(text: string): boolean

  /** Expired entries too: whether one holds is the engine's decision. */
  cacheEntry(key: string): CacheEntry | null
  removeCacheEntry(key: string): void

  readonly blocks: BlockRows
  readonly config: ConfigRows
  readonly limits: LimitRows
  readonly artifacts: ArtifactRows
  readonly profiles: ProfileRows
  readonly datasets: DatasetRows

  readonly deletion: Deletion
  sizes(): StoreSizes
}

export type BlockRows = {
  /** In the order of type and name. */
  list(): Promise<readonly BlockRow[]>
  find(type: string, name: string): Promise<BlockRow | undefined>
  /** All of them in one transaction. Refuses with `conflict` when another block has the same type and name. */
  commit(...changes: readonly BlockChange[]): Promise<void>
  /** Names of secret items that may exist without a block that uses them. */
  pending(): Promise<readonly string[]>
  /** Renames that flows may not all have followed, in their order. */
  pendingRenames(): Promise<readonly BlockRename[]>
  recordUse(block: string, at: number): Promise<void>
  recordTest(test: BlockTest): Promise<void>
  lastTest(block: string): Promise<BlockTest | null>
}

export type ConfigRows = {
  all(): Readonly<Record<string, string>>
  set(key: string, value: string): void
  unset(key: string): void
}

export type LimitRows = {
  list(): readonly TagConcurrencyLimit[]
  set(limit: TagConcurrencyLimit): void
  delete(tag: string): void
}

/** What a job recorded while it ran; stored with the next decisions, so no later than its outcome. */
export type Recorded =
  | {
      readonly kind: 'artifact'
      readonly flowRun: string
      readonly taskRun: string
      readonly at: number
      readonly artifact: NewArtifact
    }
  | { readonly kind: 'dataset'; readonly dataset: Dataset }

export type ArtifactRows = {
  /** In the order in which they were made. */
  list(flowRun: string): readonly ArtifactSummary[]
  find(flowRun: string, id: number): Artifact | null
}

/** Profiles of tables, which are computed when they are asked for and go with their flow run. */
export type ProfileRows = {
  put(profile: StoredProfile): void
  /** Null when there is none that was made in this form and of this result. */
  find(wanted: Omit<StoredProfile, 'at' | 'profile'>): TableProfile | null
}

export type StoredProfile = {
  readonly flowRun: string
  readonly taskRun: string
  readonly output: string
  /** When the task run ended: another end means another result. */
  readonly endedAt: number
  readonly at: number
  readonly profile: TableProfile
}

export type DatasetRows = {
  /** Replaces what was known of the same location. */
  put(dataset: Dataset): void
  find(location: string): Dataset | null
  /** In the order of location. */
  list(): readonly Dataset[]
}

/** Deleting marks a run and its subflow runs; a mark can be taken back until the run is purged. */
export type Deletion = {
  /** How many runs were marked. */
  mark(flowRuns: readonly string[], at: number): number
  undo(flowRuns: readonly string[]): number
  /** Runs marked at or before a time, without those whose results a run that stays still uses. */
  due(markedUntil: number): readonly string[]
  /** Removes the rows. Results and logs must be gone before, so that a crash between leaves nothing behind. */
  purge(flowRuns: readonly string[]): void
  setResultBytes(flowRun: string, bytes: number): void
  /** Of all runs that are not marked. */
  resultBytes(): number
  /** Runs the policy gives up, oldest first. Each flow's last good run stays, and what a run that stays uses. */
  overdue(policy: RetentionPolicy, now: number): readonly string[]
}
