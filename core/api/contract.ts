import { type } from '@orpc/contract'
import { z } from 'zod'
import type { Artifact, ArtifactSummary } from '#core/model/artifact.ts'
import type { Dataset } from '#core/model/dataset.ts'
import type { ExpressionResult } from '#core/model/expression-result.ts'
import type { FlowChange } from '#core/model/flow-change.ts'
import type { FieldExplanation } from '#core/model/field-explanation.ts'
import type {
  DraftEdit,
  DraftNews,
  Extracted,
  FlowContent,
  FlowDraft,
  SavedVersion,
  StarterFlow,
} from '#core/model/flow-draft.ts'
import { editOperation } from '#core/model/flow-edit.ts'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import type { LogLine } from '#core/model/log-line.ts'
import type { LogMatches, LogPage } from '#core/model/log-page.ts'
import type { FlowInspection, FlowRenamed, FlowSummary, FlowTouches, Validation } from '#core/model/flow-library.ts'
import {
  secretsPlaces,
  type ConfigEntry,
  type PassphraseWanted,
  type Preview,
  type SecretsCheck,
  type SecretsMoved,
  type SecretsReport,
  type TagLimit,
  type VersionReport,
} from '#core/model/reports.ts'
import type { PartPlan } from '#core/model/part-plan.ts'
import type { RunPage } from '#core/model/run-page.ts'
import type { RunTimeline } from '#core/model/run-timeline.ts'
import type { FlowRunDetail, RunHistory, RunListNews, RunNews } from '#core/model/run-news.ts'
import type { TaskEstimate } from '#core/model/task-estimate.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import type { ProfileAnswer } from '#core/model/table-profile.ts'
import { blocksContract } from './contract-blocks.ts'
import { call, watch } from './contract-calls.ts'
import {
  nothing,
  ok,
  oneRun,
  oneTask,
  draftChange,
  flowSource,
  savedSource,
  flowName,
  named,
  parameterInput,
  selection,
  runFilter,
  runPage,
  manyRuns,
  logQuery,
  logFilter,
} from './contract-inputs.ts'

/** What can be asked of an engine, by the CLI, by the screen and by a second process on the same home. */
/** Refuses with `denied` a flow from elsewhere, or one that runs such a flow, before somebody has looked at it. */
const trustedOnly = z.boolean().default(false)

export const contract = {
  system: {
    version: call(nothing, type<VersionReport>()),
    config: call(nothing, type<readonly ConfigEntry[]>()),
    setConfig: call(z.object({ key: z.string(), value: z.string() }), ok),
    unsetConfig: call(z.object({ key: z.string() }), ok),
    /**
     * Without `try` it never opens a prompt of the system, so a locked keychain shows as such only after something was
     * asked of it.
     */
    secrets: call(z.object({ try: z.boolean().default(false) }).prefault({}), type<SecretsReport>()),
    /** Of the vault with its passphrase. Of the keychain without: the system asks for it, and this waits for the answer. */
    unlockSecrets: call(z.object({ passphrase: z.string().optional() }), ok),
    /** Asks nothing outside. */
    passphraseWanted: call(nothing, type<PassphraseWanted>()),
    /** From now on; what is kept elsewhere stays there until it is moved. */
    chooseSecrets: call(z.object({ place: z.enum(secretsPlaces) }), type<SecretsReport>()),
    /** Reads every value that a block names, and says which are lost. */
    checkSecrets: call(nothing, type<SecretsCheck>()),
    /** Takes all values along and chooses the place. Cut off at any point it has lost nothing, and the same call finishes it. */
    moveSecrets: call(z.object({ to: z.enum(['keychain', 'vault']) }), type<SecretsMoved>()),
    /** A new passphrase for the vault; `current` where it is locked. */
    rotateVault: call(z.object({ current: z.string().optional(), next: z.string() }), ok),
  },
  flows: {
    validate: call(z.object({ source: flowSource }), type<Validation>()),
    list: call(nothing, type<readonly FlowSummary[]>()),
    inspect: call(z.object({ source: flowSource }), type<FlowInspection>()),
    export: call(z.object({ source: flowSource, withSubflows: z.boolean().default(false) }), type<{ text: string }>()),
    import: call(
      z.object({ text: z.string(), overwrite: z.boolean().default(false) }),
      type<{ names: readonly string[] }>(),
    ),
    delete: call(z.object({ name: z.string() }), ok),
    /** What a run of the flow would reach outside it, and which blocks and flows it names that are not here. */
    touches: call(z.object({ source: savedSource }), type<FlowTouches>()),
    /** Somebody has looked at what a flow from elsewhere, with all that it runs, touched as of the fingerprint. */
    trust: call(z.object({ source: savedSource, fingerprint: z.string() }), ok),
    taskTypes: call(nothing, type<readonly TaskTypeSummary[]>()),
    open: call(z.object({ source: savedSource }), type<FlowDraft>()),
    edit: call(
      z.object({ file: z.string(), revision: z.int(), operation: editOperation, editor: z.string() }),
      type<DraftEdit>(),
    ),
    /** Tasks of a draft as a text to paste: their own lines of YAML, with their places. */
    copyTasks: call(
      z.object({ file: z.string(), tasks: z.array(z.string()).min(1) }),
      type<{ readonly text: string }>(),
    ),
    /** Adds copied tasks under fresh ids; the upper left one comes to `position`. */
    pasteTasks: call(
      z.object({
        file: z.string(),
        revision: z.int(),
        text: z.string(),
        position: z.tuple([z.number(), z.number()]),
        editor: z.string(),
      }),
      type<DraftEdit>(),
    ),
    /** Tasks become a flow of their own, and one task that runs it stands in their place. */
    extract: call(
      draftChange.extend({ tasks: z.array(z.string()).min(1), name: z.string().min(1) }),
      type<Extracted>(),
    ),
    /** The tasks of the flow that a flow.run task runs come in its place; that flow stays. */
    inline: call(draftChange.extend({ task: z.string() }), type<DraftEdit>()),
    /** A flow that is open and whose file is gone gets its file back. */
    writeBack: call(z.object({ file: z.string() }), type<FlowDraft>()),
    watch: watch(z.object({ file: z.string() }), type<DraftNews>()),
    /** What a text with expressions would give where it stands: `path` is that of a field, for example tasks.fetch.with.url. */
    evaluate: call(
      z.object({ file: z.string(), path: z.array(z.union([z.string(), z.number()])).min(1), text: z.string() }),
      type<ExpressionResult>(),
    ),
    /** What the SQL of a task would read, with the defaults of the parameters; asks its database, and may take a while. */
    estimate: call(z.object({ file: z.string(), task: z.string() }), type<TaskEstimate>()),
    create: call(flowName.extend({ text: z.string().nullable().default(null) }), named),
    duplicate: call(flowName, named),
    /** The flows that run it follow. */
    rename: call(flowName.extend({ to: z.string().min(1) }), type<FlowRenamed>()),
    starters: call(nothing, type<readonly StarterFlow[]>()),
    openStarter: call(flowName, named),
    saveVersion: call(flowName, type<readonly SavedVersion[]>()),
    versions: call(flowName, type<readonly SavedVersion[]>()),
    documentText: call(z.object({ document: z.string() }), type<{ text: string }>()),
    documentContent: call(z.object({ document: z.string() }), type<{ text: string; content: FlowContent }>()),
    /** By their documents; null before: an empty flow, null after: the flow as it is now. */
    compare: call(
      flowName.extend({ before: z.string().nullable(), after: z.string().nullable() }),
      type<readonly FlowChange[]>(),
    ),
    compareTexts: call(z.object({ before: z.string(), after: z.string() }), type<readonly FlowChange[]>()),
  },
  runs: {
    submit: call(
      z.object({
        source: flowSource,
        parameters: parameterInput.prefault({}),
        selection: selection.nullable().default(null),
        submissionKey: z.string().nullable().default(null),
        tags: z.array(z.string()).default([]),
        trustedOnly,
      }),
      type<FlowRun>(),
    ),
    again: call(
      oneRun.extend({
        parameters: parameterInput.prefault({}),
        selection: selection.nullable().default(null),
        trustedOnly,
      }),
      type<FlowRun>(),
    ),
    /** What a part run would do with each task, before it starts. */
    planPart: call(
      z.object({ source: flowSource, parameters: parameterInput.prefault({}), selection }),
      type<PartPlan>(),
    ),
    list: call(runFilter, type<readonly FlowRun[]>()),
    /** Runs in any order from an offset, and how many fit. */
    page: call(runPage, type<RunPage>()),
    inspect: call(oneRun, type<FlowRunDetail>()),
    watch: watch(
      oneRun.extend({
        logsAfter: z.int().default(0),
        subflows: z.boolean().default(false),
        logs: z.boolean().default(true),
      }),
      type<RunNews>(),
    ),
    /** Flow runs of any flow, from now on, each time one begins or changes. */
    watchList: watch(nothing, type<RunListNews>()),
    logs: call(logQuery, type<readonly LogLine[]>()),
    /** Lines from an offset (null: the last ones) of those that fit, and how many fit. */
    logPage: call(
      logFilter.extend({ offset: z.int().min(0).nullable(), limit: z.int().min(1).max(2000).default(200) }),
      type<LogPage>(),
    ),
    /** The last lines, each time there are more, as often as a screen is drawn. Goes on after the run's end, for a resume. */
    watchLogs: watch(logFilter, type<LogPage>()),
    /** Where a text stands in the lines that fit: what is found so far, then what is written later too. */
    findInLog: watch(logFilter.extend({ find: z.string().min(1) }), type<LogMatches>()),
    /** How many lines that fit come before the one with this number. */
    logOffset: call(logFilter.extend({ seq: z.int() }), type<{ readonly offset: number }>()),
    cancel: call(oneRun, type<FlowRun>()),
    cancelTask: call(oneTask, type<TaskRun>()),
    pause: call(oneRun, type<FlowRun>()),
    resume: call(oneRun, type<FlowRun>()),
    hold: call(oneTask, ok),
    release: call(oneTask, ok),
    delete: call(oneRun, ok),
    /** Those that have ended, with the runs of their subflows; for 10 s it can be taken back. */
    deleteMany: call(manyRuns, type<{ readonly deleted: readonly string[] }>()),
    restoreMany: call(manyRuns, ok),
    history: call(z.object({ flow: z.string() }), type<RunHistory>()),
    /** Every state that the run and its task runs went through. */
    timeline: call(oneRun, type<RunTimeline>()),
    /** Why a task run waits, in words; null when it does not. */
    waiting: call(oneRun.extend({ taskRun: z.string() }), type<{ readonly reason: string | null }>()),
    explain: call(
      oneRun.extend({ taskRun: z.string(), path: z.array(z.union([z.string(), z.number()])).min(1) }),
      type<FieldExplanation>(),
    ),
    preview: call(
      oneTask.extend({
        output: z.string().optional(),
        limit: z.int().min(1).max(1000).default(20),
        offset: z.int().min(0).default(0),
      }),
      type<Preview>(),
    ),
    /** Made at the first ask, then kept with the flow run. */
    profile: call(
      oneTask.extend({ output: z.string().optional(), drift: z.boolean().default(false) }),
      type<ProfileAnswer>(),
    ),
    artifacts: call(oneRun, type<readonly ArtifactSummary[]>()),
    artifact: call(oneRun.extend({ id: z.int() }), type<Artifact>()),
  },
  blocks: blocksContract,
  datasets: {
    list: call(nothing, type<readonly Dataset[]>()),
    inspect: call(z.object({ location: z.string() }), type<Dataset>()),
  },
  limits: {
    list: call(nothing, type<readonly TagLimit[]>()),
    inspect: call(z.object({ tag: z.string() }), type<TagLimit>()),
    set: call(z.object({ tag: z.string().min(1), limit: z.int().min(0) }), type<TagLimit>()),
    delete: call(z.object({ tag: z.string() }), ok),
  },
}

export type Contract = typeof contract
