import { type } from '@orpc/contract'
import { z } from 'zod'
import type { FlowSource } from '#core/model/flow-library.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { logLevels } from '#core/model/log-line.ts'
import { runOrders } from '#core/model/run-page.ts'

export const nothing = z.object({}).optional()
export const ok = type<{ readonly done: true }>()
const json: z.ZodType<JsonValue> = z.json()
const jsonRecord = z.record(z.string(), json)

/** A flow run by its id, the beginning of its id, or its name. */
export const oneRun = z.object({ flowRun: z.string().min(1) })
export const oneTask = oneRun.extend({ task: z.string().min(1) })

/** A flow by file (relative to `cwd`), by its name in the library, or as text. */
export const flowSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('file'), path: z.string(), cwd: z.string() }),
  z.object({ from: z.literal('library'), name: z.string() }),
  z.object({ from: z.literal('text'), text: z.string(), folder: z.string().nullable() }),
]) satisfies z.ZodType<FlowSource>

/** A flow that has a place to be saved in. */
export const savedSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('file'), path: z.string(), cwd: z.string() }),
  z.object({ from: z.literal('library'), name: z.string() }),
])

/** A change of a draft as it was at `revision`; `editor` is what its maker calls itself. */
export const draftChange = z.object({ file: z.string(), revision: z.int(), editor: z.string() })

export const flowName = z.object({ name: z.string().min(1) })
export const named = type<{ name: string }>()

export const parameterInput = z.object({
  /** From a form or JSON. */
  values: jsonRecord.default({}),
  /** From a command line: text, parsed by the parameter's type. */
  texts: z.record(z.string(), z.string()).default({}),
})

/** The flow run whose results the other tasks reuse; default the last one of the flow that has them. */
const reuse = z.string().nullable().default(null)
export const selection = z.union([
  z.object({ mode: z.enum(['only', 'to', 'from']), task: z.string(), reuse }),
  /** What that run did not complete, what was changed since, and all after these; asked the same as that run. */
  z.object({ mode: z.literal('rest'), reuse }),
])

export const runFilter = z.object({
  flow: z.string().optional(),
  states: z.array(z.string()).default([]),
  tag: z.string().optional(),
  text: z.string().optional(),
  limit: z.int().min(1).max(1000).default(50),
  /** The last run of the page before. */
  after: z.string().optional(),
})

/** What can be asked of a page of runs; times are milliseconds since 1970, `until` is left out. */
export const runPage = runFilter.omit({ after: true }).extend({
  since: z.int().optional(),
  until: z.int().optional(),
  topLevel: z.boolean().default(false),
  sort: z.enum(runOrders).default('created'),
  descending: z.boolean().default(true),
  offset: z.int().min(0).default(0),
})

export const manyRuns = z.object({ flowRuns: z.array(z.string().min(1)).min(1).max(10_000) })

export const logQuery = oneRun.extend({
  taskRun: z.string().optional(),
  minimumLevel: z.enum(Object.keys(logLevels) as [keyof typeof logLevels]).optional(),
  search: z.string().optional(),
  /** Lines with a greater number only. */
  after: z.int().default(0),
  limit: z.int().min(1).max(10_000).default(1000),
  /** The last lines instead of the first. */
  tail: z.boolean().default(false),
})

export const logFilter = oneRun.extend({
  taskRun: z.string().optional(),
  minimumLevel: z.enum(Object.keys(logLevels) as [keyof typeof logLevels]).optional(),
  search: z.string().optional(),
})

/** `block:type/name` or `type/name`. */
export const oneBlock = z.object({ block: z.string().min(1) })

/** `texts` come from a command line and are parsed by the setting's type. */
export const blockSettings = {
  settings: jsonRecord.default({}),
  texts: z.record(z.string(), z.string()).default({}),
  allowShort: z.boolean().default(false),
}
