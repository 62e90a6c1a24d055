import { evaluateVariables, type Evaluation } from '#core/flow/evaluate.ts'
import { mentionsOf } from '#core/flow/mentions.ts'
import type { Scope } from '#core/flow/scope.ts'
import type { PrepareMember, PrepareRequest } from '#core/engine/ports.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowDocument, TaskDocument } from '#core/model/flow-document.ts'
import type { JsonValue, Outputs } from '#core/model/handle.ts'

/** Now, or later when something outside must be asked. */
export type Soon<T> = T | Promise<T>

export type BlockSettings = {
  /** The settings of a block, without secrets. */
  settings(reference: string): Promise<Settings>
}

type Settings = Readonly<Record<string, JsonValue>>
type ScopeRequest = Pick<PrepareRequest, 'flowRun' | 'document' | 'outputs'>
type ScopeMember = Pick<PrepareMember, 'task' | 'item'>
export type Scopes = (request: ScopeRequest, member: ScopeMember) => Soon<Scope>

/** What expressions read, for one task run. Variables are worked out once for each flow run. */
export const createScopes = (blocks: BlockSettings): Scopes => {
  const variables = new WeakMap<object, Evaluation<Scope['variables']>>()
  const named = new WeakMap<TaskDocument, readonly BlockName[]>()

  const withVariables = (request: ScopeRequest, scope: Scope): Scope => {
    const { flowRun, document } = request
    const known = variables.get(flowRun.parameters) ?? evaluateVariables(document, scope)
    variables.set(flowRun.parameters, known)
    if (known.ok) return { ...scope, variables: known.value }
    throw new Refused({
      code: 'invalid',
      message: `The variables of the flow cannot be worked out: ${known.problems.join(' ')}`,
    })
  }

  return (request: ScopeRequest, member: ScopeMember): Soon<Scope> => {
    const { task } = member
    const names = named.get(task) ?? blocksNamed(task, request.document)
    named.set(task, names)
    const base = baseScope(request, member)
    if (names.length === 0) return withVariables(request, { ...base, blocks: {} })
    return readBlocks(blocks, names).then((read) => withVariables(request, { ...base, blocks: read }))
  }
}

type BlockName = { readonly type: string; readonly name: string }

const blocksNamed = (task: TaskDocument, document: FlowDocument): readonly BlockName[] => {
  const { forEach } = task
  const items = forEach?.kind === 'items' ? forEach.items : null
  return mentionsOf([task.with, task.when, task.cache?.key ?? null, items, document.variables]).blocks
}

const readBlocks = async (blocks: BlockSettings, names: readonly BlockName[]): Promise<Scope['blocks']> => {
  const read: Record<string, Record<string, Settings>> = {}
  for (const { type, name } of names) (read[type] ??= {})[name] = await blocks.settings(`block:${type}/${name}`)
  return read
}

const baseScope = (request: ScopeRequest, member: ScopeMember): Omit<Scope, 'blocks'> => {
  const { flowRun, document } = request
  const { task, item } = member
  const tasks: Record<string, Outputs | readonly Outputs[]> = {}
  for (const id of task.mentions) {
    const outputs = request.outputs(id)
    if (outputs) tasks[id] = outputs.kind === 'single' ? outputs.outputs : outputs.items.map((one) => one.outputs ?? {})
  }
  return {
    parameters: flowRun.parameters,
    variables: {},
    item: item === null ? null : { name: task.as, value: item.value },
    run: {
      id: flowRun.id,
      name: flowRun.name,
      flow: document.name,
      started_at: new Date(flowRun.startedAt ?? flowRun.createdAt).toISOString(),
      state: flowRun.state.name,
      message: flowRun.state.message ?? '',
    },
    tasks,
  }
}
