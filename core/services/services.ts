import type { FieldExplanation } from '#core/model/field-explanation.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { LogLevel, LogLine } from '#core/model/log-line.ts'
import type { Preview, SecretsReport, TagLimit, VersionReport } from '#core/model/reports.ts'
import type { RunHistory, RunNews } from '#core/model/run-news.ts'
import type { BlocksService } from './blocks/blocks.ts'
import type { ConfigService } from './config.ts'
import type { FlowsService } from './flows/flows.ts'
import type { ExplainRequest } from './runs/explain.ts'
import type { PreviewRequest } from './runs/preview.ts'
import type { RunsService } from './runs/runs.ts'
import type { WatchRequest } from './runs/watch-run.ts'

/** All that can be asked of an engine; the contract of core/api is drawn over it. */
export type Services = {
  readonly config: ConfigService
  readonly secrets: SecretsService
  readonly flows: FlowsService
  readonly runs: RunsService
  readonly history: HistoryService
  readonly blocks: BlocksService
  readonly limits: LimitsService
  report(): VersionReport
  watch(request: WatchRequest, signal: AbortSignal): AsyncIterable<RunNews>
  explain(request: ExplainRequest): Promise<FieldExplanation>
  preview(request: PreviewRequest, signal: AbortSignal): Promise<Preview>
}

export type SecretsService = {
  status(): Promise<SecretsReport>
  unlock(passphrase: string): Promise<void>
}

export type RunListRequest = {
  readonly flow?: string | undefined
  readonly states: readonly string[]
  readonly tag?: string | undefined
  readonly text?: string | undefined
  readonly limit: number
  readonly after?: string | undefined
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
  logs(query: LogRequest): readonly LogLine[]
  figures(flow: string): RunHistory
  delete(flowRun: string): Promise<void>
}

export type LimitsService = {
  list(): readonly TagLimit[]
  inspect(tag: string): TagLimit
  set(tag: string, limit: number): TagLimit
  delete(tag: string): void
}
