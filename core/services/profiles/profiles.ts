import { rm } from 'node:fs/promises'
import path from 'node:path'
import { failureOf, Refused } from '#core/model/failure.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { JsonValue, Outputs, TableHandle } from '#core/model/handle.ts'
import { stateType } from '#core/model/state.ts'
import type { StateStore, StoredTaskRun } from '#core/model/store.ts'
import type { Drift, ProfileAnswer, TableProfile } from '#core/model/table-profile.ts'
import { taskRunFolder } from '#core/model/task-run-key.ts'
import { askWorker, findTable, tableIn, type AskWorld, type TableOutput, type WantedTable } from '../runs/ask-worker.ts'
import { changedSources } from '../runs/changed-sources.ts'
import { runFolders } from '../runs/run-folders.ts'
import { itemValues, type PartWorld } from '../runs/selection.ts'
import { driftOf } from './drift.ts'
import { profileTask } from './profile-task.ts'

export type ProfileRequest = WantedTable & {
  /** Compares it with the last good run of the flow before. */
  readonly drift: boolean
}

export type ProfilesWorld = AskWorld & {
  readonly store: Pick<StateStore, 'findFlowRun' | 'taskRun' | 'flowRuns' | 'taskRuns' | 'profiles'>
  readonly engine: PartWorld['engine']
  now(): number
}

export const profilesOf =
  (world: ProfilesWorld) =>
  async (request: ProfileRequest, signal: AbortSignal): Promise<ProfileAnswer> => {
    const of = findTable(world.store, request)
    const profile = await profileOf(world, of, signal)
    return {
      flowRun: of.flowRun.id,
      taskRun: of.taskRun.key,
      output: of.output,
      profile,
      changedSources: changedSources(of),
      drift: request.drift ? await driftSince(world, { of, profile }, signal) : null,
    }
  }

/** Made once, then kept with the flow run. */
const profileOf = async (world: ProfilesWorld, of: TableOutput, signal: AbortSignal): Promise<TableProfile> => {
  const { store, home, now, newId } = world
  const wanted = {
    flowRun: of.flowRun.id,
    taskRun: of.taskRun.key,
    output: of.output,
    endedAt: of.taskRun.endedAt ?? 0,
  }
  const kept = store.profiles.find(wanted)
  if (kept) return kept
  const asker = `profile-${newId()}`
  try {
    const outputs = await askWorker(world, { of, type: profileTask.type, settings: {}, asker }, signal)
    const profile = profileIn(outputs)
    // Of files that were changed since, it would tell later of rows that the run never saw.
    if (changedSources(of).length === 0) store.profiles.put({ ...wanted, at: now(), profile })
    return profile
  } finally {
    await rm(path.join(runFolders(home, of.flowRun.id).scratch, taskRunFolder(asker)), { recursive: true, force: true })
  }
}

const profileIn = (outputs: Outputs): TableProfile => {
  const handle = outputs['profile']
  const value: JsonValue | undefined = handle?.kind === 'value' ? handle.value : undefined
  if (isProfile(value)) return value
  throw new Refused({ code: 'bug', message: 'The worker gave no profile.' })
}

/** The worker is ours: that it is a profile at all is enough. */
const isProfile = (value: unknown): value is TableProfile =>
  typeof value === 'object' && value !== null && 'columns' in value && Array.isArray(value.columns)

type Present = { readonly of: TableOutput; readonly profile: TableProfile }

const driftSince = async (world: ProfilesWorld, present: Present, signal: AbortSignal): Promise<Drift> => {
  const nothing = (reason: string): Drift => ({ against: null, reason, findings: [] })
  const former = formerTable(world, present.of)
  if (!former) return nothing('No former run of the flow that completed has this table.')
  const { flowRun, taskRun, output } = former
  const name = `flow run “${flowRun.name}”`
  try {
    const found = findTable(world.store, { flowRun: flowRun.id, task: taskRun.key, output })
    const kept = world.store.profiles.find({
      flowRun: flowRun.id,
      taskRun: taskRun.key,
      output,
      endedAt: taskRun.endedAt ?? 0,
    })
    const changed = kept ? undefined : changedSources(found)[0]
    if (changed !== undefined)
      return nothing(
        `The file ${path.basename(changed)} that ${name} read was changed since, so its rows are not known.`,
      )
    const before = kept ?? (await profileOf(world, found, signal))
    const against = {
      flowRun: flowRun.id,
      name: flowRun.name,
      taskRun: taskRun.key,
      otherParameters: otherParameters(flowRun, present.of.flowRun),
    }
    return { against, reason: null, findings: driftOf(before, present.profile) }
  } catch (error) {
    if (signal.aborted || failureOf(error).code === 'bug') throw error
    return nothing(`The table of ${name} cannot be looked at: ${failureOf(error).message}`)
  }
}

/** How many runs before are looked at for one that has the table. */
const lookedAt = 20

type Former = {
  readonly flowRun: FlowRun
  readonly taskRun: StoredTaskRun
  readonly output: string
  readonly table: TableHandle
}

const formerTable = ({ store, engine }: ProfilesWorld, { flowRun, taskRun, output }: TableOutput): Former | null => {
  const runs = store.flowRuns({ flow: flowRun.flow, states: ['COMPLETED'], after: flowRun.id, limit: lookedAt })
  const itemOf = itemsOf(engine, taskRun.task)
  const item = itemOf(flowRun.id)(taskRun)
  for (const former of runs) {
    const formerItem = itemOf(former.id)
    const its = store.taskRuns(former.id).find((one) => one.task === taskRun.task && formerItem(one) === item)
    const found = its && stateType(its.state) === 'COMPLETED' ? tableIn(its.outputs, output) : null
    if (its && found) return { flowRun: former, taskRun: its, output, table: found[1] }
  }
  return null
}

/** What the item of a task run is, since the third of one run may be the fifth of another; `''` for none. */
const itemsOf = (engine: PartWorld['engine'], task: string) => (flowRun: string) => {
  let values: readonly JsonValue[] | null = null
  return ({ item }: StoredTaskRun): string => {
    if (item === null) return ''
    values ??= itemValues(engine, flowRun, task) ?? []
    return JSON.stringify(values[item] ?? null)
  }
}

const otherParameters = (before: FlowRun, now: FlowRun): readonly string[] => {
  const names = new Set([...Object.keys(before.parameters), ...Object.keys(now.parameters)])
  return [...names].filter((name) => JSON.stringify(before.parameters[name]) !== JSON.stringify(now.parameters[name]))
}
