import { eventIterator, oc, type } from '@orpc/contract'
import { z } from 'zod'
import type { FieldExplanation } from '#core/model/field-explanation.ts'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import type { Failure } from '#core/model/failure.ts'
import type { LogLine } from '#core/model/log-line.ts'
import { logLevels } from '#core/model/log-line.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Block, BlockTypeSummary, ImportResult, TestStage } from '#core/model/block.ts'
import type { FlowInspection, FlowSource, FlowSummary, Validation } from '#core/model/flow-library.ts'
import type { ConfigEntry, Preview, SecretsReport, TagLimit, VersionReport } from '#core/model/reports.ts'
import type { FlowRunDetail, RunHistory, RunNews } from '#core/model/run-news.ts'

/**
 * What can be asked of an engine, by the CLI, by the screen and by a second process on the same home. `call` answers
 * once; `watch` many times. Input is parsed on the engine's side; a refusal crosses as a Failure, a bug only as a code.
 */
const base = oc.errors({ refused: { data: type<Failure>() } })

const call = <I extends z.ZodType, O>(input: I, output: ReturnType<typeof type<O>>) => base.input(input).output(output)
const watch = <I extends z.ZodType, O>(input: I, output: ReturnType<typeof type<O>>) =>
  base.input(input).output(eventIterator(output))

const nothing = z.object({}).optional()
const ok = type<{ readonly done: true }>()
const json: z.ZodType<JsonValue> = z.json()
const jsonRecord = z.record(z.string(), json)

/** A flow run by its id, the beginning of its id, or its name. */
const oneRun = z.object({ flowRun: z.string().min(1) })
const oneTask = oneRun.extend({ task: z.string().min(1) })

/** A flow by file (relative to `cwd`), by its name in the library, or as text. */
const flowSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('file'), path: z.string(), cwd: z.string() }),
  z.object({ from: z.literal('library'), name: z.string() }),
  z.object({ from: z.literal('text'), text: z.string(), folder: z.string().nullable() }),
]) satisfies z.ZodType<FlowSource>

const parameterInput = z.object({
  /** From a form or JSON. */
  values: jsonRecord.default({}),
  /** From a command line: text, parsed by the parameter's type. */
  texts: z.record(z.string(), z.string()).default({}),
})

const selection = z.object({
  mode: z.enum(['only', 'to', 'from']),
  task: z.string(),
  /** The flow run whose results the other tasks reuse; default the last one of the flow. */
  reuse: z.string().nullable().default(null),
})

const runFilter = z.object({
  flow: z.string().optional(),
  states: z.array(z.string()).default([]),
  tag: z.string().optional(),
  text: z.string().optional(),
  limit: z.int().min(1).max(1000).default(50),
  /** The last run of the page before. */
  after: z.string().optional(),
})

const logQuery = oneRun.extend({
  taskRun: z.string().optional(),
  minimumLevel: z.enum(Object.keys(logLevels) as [keyof typeof logLevels]).optional(),
  search: z.string().optional(),
  /** Lines with a greater number only. */
  after: z.int().default(0),
  limit: z.int().min(1).max(10_000).default(1000),
  /** The last lines instead of the first. */
  tail: z.boolean().default(false),
})

/** `block:type/name` or `type/name`. */
const oneBlock = z.object({ block: z.string().min(1) })

/** `texts` come from a command line and are parsed by the setting's type. */
const blockSettings = {
  settings: jsonRecord.default({}),
  texts: z.record(z.string(), z.string()).default({}),
  allowShort: z.boolean().default(false),
}

export const contract = {
  system: {
    version: call(nothing, type<VersionReport>()),
    config: call(nothing, type<readonly ConfigEntry[]>()),
    setConfig: call(z.object({ key: z.string(), value: z.string() }), ok),
    unsetConfig: call(z.object({ key: z.string() }), ok),
    secrets: call(nothing, type<SecretsReport>()),
    unlockSecrets: call(z.object({ passphrase: z.string() }), ok),
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
  },
  runs: {
    submit: call(
      z.object({
        source: flowSource,
        parameters: parameterInput.prefault({}),
        selection: selection.nullable().default(null),
        submissionKey: z.string().nullable().default(null),
        tags: z.array(z.string()).default([]),
      }),
      type<FlowRun>(),
    ),
    again: call(
      oneRun.extend({ parameters: parameterInput.prefault({}), selection: selection.nullable().default(null) }),
      type<FlowRun>(),
    ),
    list: call(runFilter, type<readonly FlowRun[]>()),
    inspect: call(oneRun, type<FlowRunDetail>()),
    watch: watch(
      oneRun.extend({ logsAfter: z.int().default(0), subflows: z.boolean().default(false) }),
      type<RunNews>(),
    ),
    logs: call(logQuery, type<readonly LogLine[]>()),
    cancel: call(oneRun, type<FlowRun>()),
    cancelTask: call(oneTask, type<TaskRun>()),
    pause: call(oneRun, type<FlowRun>()),
    resume: call(oneRun, type<FlowRun>()),
    hold: call(oneTask, ok),
    release: call(oneTask, ok),
    delete: call(oneRun, ok),
    history: call(z.object({ flow: z.string() }), type<RunHistory>()),
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
  },
  blocks: {
    types: call(nothing, type<readonly BlockTypeSummary[]>()),
    list: call(nothing, type<readonly Block[]>()),
    inspect: call(oneBlock, type<Block>()),
    create: call(
      z.object({
        type: z.string(),
        name: z.string(),
        ...blockSettings,
        secrets: z.record(z.string(), z.string()).default({}),
      }),
      type<Block>(),
    ),
    edit: call(
      oneBlock.extend({
        ...blockSettings,
        unset: z.array(z.string()).default([]),
        /** A new value, or null to clear. */
        secrets: z.record(z.string(), z.string().nullable()).default({}),
      }),
      type<Block>(),
    ),
    rename: call(oneBlock.extend({ name: z.string() }), type<Block>()),
    duplicate: call(oneBlock.extend({ name: z.string() }), type<Block>()),
    delete: call(oneBlock, ok),
    test: watch(oneBlock, type<TestStage>()),
    export: call(z.object({ blocks: z.array(z.string()).default([]) }), type<{ text: string }>()),
    import: call(z.object({ text: z.string() }), type<ImportResult>()),
  },
  limits: {
    list: call(nothing, type<readonly TagLimit[]>()),
    inspect: call(z.object({ tag: z.string() }), type<TagLimit>()),
    set: call(z.object({ tag: z.string().min(1), limit: z.int().min(0) }), type<TagLimit>()),
    delete: call(z.object({ tag: z.string() }), ok),
  },
}

export type Contract = typeof contract
