import type { Artifact, ArtifactSummary } from '#core/model/artifact.ts'
import type { Dataset } from '#core/model/dataset.ts'
import type { ExpressionResult } from '#core/model/expression-result.ts'
import type { FieldExplanation } from '#core/model/field-explanation.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { LogLevel, LogLine } from '#core/model/log-line.ts'
import type {
  PassphraseWanted,
  Preview,
  SecretsCheck,
  SecretsMoved,
  SecretsPlace,
  SecretsReport,
  TagLimit,
  VersionReport,
} from '#core/model/reports.ts'
import type { RunHistory, RunListNews, RunNews } from '#core/model/run-news.ts'
import type { RunOrder, RunPage } from '#core/model/run-page.ts'
import type { RunTimeline } from '#core/model/run-timeline.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import type { ProfileAnswer } from '#core/model/table-profile.ts'
import type { BlocksService } from './blocks/blocks.ts'
import type { ConfigService } from './config.ts'
import type { EstimatesService } from './estimates/estimates.ts'
import type { DraftsService } from './flows/drafts.ts'
import type { EvaluateRequest } from './flows/evaluate-expression.ts'
import type { FlowsService } from './flows/flows.ts'
import type { LibraryService } from './flows/library.ts'
import type { SubflowEdits } from './flows/subflow-edits.ts'
import type { TouchesService } from './flows/touches.ts'
import type { LooksService } from './looks/looks.ts'
import type { ProfileRequest } from './profiles/profiles.ts'
import type { ExplainRequest } from './runs/explain.ts'
import type { PreviewRequest } from './runs/preview.ts'
import type { RunsService } from './runs/runs.ts'
import type { LogPages } from './runs/watch-logs.ts'
import type { WatchRequest } from './runs/watch-run.ts'

/** All that can be asked of an engine; the contract of core/api is drawn over it. */
export type Services = {
  readonly config: ConfigService
  readonly secrets: SecretsService
  readonly flows: FlowsService
  readonly library: LibraryService
  readonly touches: TouchesService
  readonly drafts: DraftsService
  readonly estimates: EstimatesService
  readonly subflowEdits: SubflowEdits
  readonly runs: RunsService
  readonly history: HistoryService
  readonly logPages: LogPages
  readonly blocks: BlocksService
  readonly looks: LooksService
  readonly limits: LimitsService
  readonly datasets: DatasetsService
  report(): VersionReport
  taskTypes(): readonly TaskTypeSummary[]
  timeline(flowRun: string): RunTimeline
  watch(request: WatchRequest, signal: AbortSignal): AsyncIterable<RunNews>
  watchList(signal: AbortSignal): AsyncIterable<RunListNews>
  evaluate(request: EvaluateRequest): Promise<ExpressionResult>
  explain(request: ExplainRequest): Promise<FieldExplanation>
  preview(request: PreviewRequest, signal: AbortSignal): Promise<Preview>
  profile(request: ProfileRequest, signal: AbortSignal): Promise<ProfileAnswer>
}

export type SecretsService = {
  /** Opens a prompt of the system only when it `tries` whether a value can be kept. */
  status(tries: boolean): Promise<SecretsReport>
  /** The vault by its passphrase, the keychain without one. */
  unlock(passphrase: string | null): Promise<void>
  /** Asks nothing outside. */
  passphraseWanted(): Promise<PassphraseWanted>
  choose(place: SecretsPlace): Promise<SecretsReport>
  check(): Promise<SecretsCheck>
  move(to: Exclude<SecretsPlace, 'none'>): Promise<SecretsMoved>
  rotate(passphrases: { readonly current: string | null; readonly next: string }): Promise<void>
}

export type RunListRequest = {
  readonly flow?: string | undefined
  readonly states: readonly string[]
  readonly tag?: string | undefined
  readonly text?: string | undefined
  readonly limit: number
  readonly after?: string | undefined
}

export type RunPageRequest = Omit<RunListRequest, 'after'> & {
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly topLevel: boolean
  readonly sort: RunOrder
  readonly descending: boolean
  readonly offset: number
}

export type LogRequest = {
  readonly flowRun: string
  readonly taskRun?: string | undefined
  readonly minimumLevel?: LogLevel | undefined
  readonly search?: string | undefined
  readonly after: number
  readonly limit: number
  readonly tail: boolean
}

export type HistoryService = {
  list(filter: RunListRequest): readonly FlowRun[]
  page(request: RunPageRequest): RunPage
  logs(query: LogRequest): readonly LogLine[]
  figures(flow: string): RunHistory
  artifacts(flowRun: string): readonly ArtifactSummary[]
  artifact(flowRun: string, id: number): Artifact
  delete(flowRun: string): Promise<void>
  /** Marks those that have ended; they are purged after a while, unless the mark is taken back. */
  deleteMany(flowRuns: readonly string[]): { readonly deleted: readonly string[] }
  restoreMany(flowRuns: readonly string[]): void
}

export type LimitsService = {
  list(): readonly TagLimit[]
  inspect(tag: string): TagLimit
  set(tag: string, limit: number): TagLimit
  delete(tag: string): void
}

/** The catalogue of what flows have written. */
export type DatasetsService = {
  /** In the order of location. */
  list(): readonly Dataset[]
  inspect(location: string): Dataset
}
