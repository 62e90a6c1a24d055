import { evaluateItems, evaluateSettings, evaluateWhen } from '#core/flow/evaluate.ts'
import type { Scope } from '#core/flow/scope.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import type { EngineWorld, PrepareMember, PrepareRequest } from '#core/engine/ports.ts'
import type { Failure } from '#core/model/failure.ts'
import type { TaskDocument } from '#core/model/flow-document.ts'
import type { Handle, JsonValue, Output, Outputs } from '#core/model/handle.ts'
import type { Limit, Preparation } from '#core/model/run-event.ts'
import type { JobInput } from '#core/model/worker-job.ts'
import { blockReferencesIn } from './block-references.ts'
import type { CacheDecisions, CacheQuestion } from './cache-decisions.ts'
import { createScopes, type BlockSettings, type Soon } from './scopes.ts'

export type PrepareWorld = {
  readonly catalogue: Catalogue
  readonly cache: CacheDecisions
  readonly blocks: BlockSettings & {
    /** Limits that blocks bring, for example one task at a time for a DuckDB file. */
    limits(references: readonly string[]): Promise<readonly Limit[]>
  }
}

export type Prepare = EngineWorld['prepare']

const invalid = (message: string): Failure => ({ code: 'invalid', message, retryable: false })
const failed = (message: string): Preparation => ({ kind: 'failed', failure: invalid(message) })

/**
 * Evaluates what task runs need before they ask for slots: conditions, items, settings, limits, and the cache. Answers at
 * once where no block is named and nothing is cached, so that a chain of small tasks costs one commit a step.
 */
export const createPrepare = (world: PrepareWorld): Prepare => {
  const scopes = createScopes(world.blocks)

  const prepareWith = (request: PrepareRequest, member: PrepareMember, scope: Scope): Soon<Preparation> => {
    const { task } = member
    const type = world.catalogue.tasks.get(task.type)
    if (!type) return failed(`There is no task type “${task.type}” in this version.`)
    if (task.disabled) return { kind: 'pass', outputs: passThrough(type, member.inputs) }
    if (member.item === null && task.forEach !== null) return itemsOf(request, task, scope)
    const when = evaluateWhen(task, scope)
    if (!when.ok) return failed(when.problems.join(' '))
    if (!when.value) return { kind: 'skip', reason: `Its condition does not hold: ${task.when ?? ''}` }
    const evaluated = evaluateSettings({ task, type, scope, blocks: world.catalogue.blocks })
    if (!evaluated.ok) return failed(evaluated.problems.join(' '))
    const { settings, config } = evaluated.value
    const references = blockReferencesIn(settings)
    if (references.length === 0 && !task.cache) return { kind: 'run', settings, limits: [], cache: null }
    return finish({ request, member, type, scope, settings, config }, references)
  }

  const finish = async (
    question: CacheQuestion & { settings: Settings },
    references: readonly string[],
  ): Promise<Preparation> => {
    const { settings } = question
    const limits = await world.blocks.limits(references)
    if (!question.member.task.cache) return { kind: 'run', settings, limits, cache: null }
    const { decision, outputs } = await world.cache.decide(question)
    return outputs
      ? { kind: 'cached', settings, outputs, cache: decision }
      : { kind: 'run', settings, limits, cache: decision }
  }

  const prepareMember = (request: PrepareRequest, member: PrepareMember): Soon<Preparation> => {
    const scope = scopes(request, member)
    return scope instanceof Promise
      ? scope.then((ready) => prepareWith(request, member, ready))
      : prepareWith(request, member, scope)
  }

  const prepareFrom = (request: PrepareRequest, done: Preparation[]): Soon<readonly Preparation[]> => {
    for (const member of request.members.slice(done.length)) {
      const preparation = prepareMember(request, member)
      if (preparation instanceof Promise) return preparation.then((one) => goOn(request, [...done, one]))
      done.push(preparation)
      if (preparation.kind !== 'run') break
    }
    return done
  }

  const goOn = (request: PrepareRequest, done: Preparation[]): Soon<readonly Preparation[]> =>
    done.at(-1)?.kind === 'run' ? prepareFrom(request, done) : done

  return (request) => prepareFrom(request, [])
}

type Settings = Readonly<Record<string, JsonValue>>

const itemsOf = (request: PrepareRequest, task: TaskDocument, scope: Scope): Preparation => {
  if (task.forEach?.kind === 'like') {
    const outputs = request.outputs(task.forEach.task)
    return { kind: 'map', items: outputs?.kind === 'items' ? outputs.items.map(({ value }) => value) : [] }
  }
  const items = evaluateItems(task, scope)
  return items.ok ? { kind: 'map', items: items.value } : failed(items.problems.join(' '))
}

/** Each output of a disabled task is its first input of the same kind. */
const passThrough = (type: TaskType, inputs: Readonly<Record<string, JobInput>>): Outputs => {
  const handles = Object.values(inputs).flatMap((input): readonly Handle[] => {
    if (input.from === 'handle') return [input.handle]
    return input.from === 'handles' ? input.handles : []
  })
  const passed = Object.entries(type.outputs).flatMap(([name, { kind, many }]): (readonly [string, Output])[] => {
    const fitting = handles.filter((candidate) => candidate.kind === kind)
    if (many) return [[name, { kind: 'list', handles: fitting }]]
    const [handle] = fitting
    return handle ? [[name, handle]] : []
  })
  return Object.fromEntries(passed)
}
