import { isObject, type JsonObject } from '#core/flow/readers.ts'
import { hookNames } from '#core/model/flow-document.ts'
import type { JsonValue } from '#core/model/handle.ts'

/** A task as it is written, also one of the hooks. */
export type WrittenTask = { readonly path: readonly string[]; readonly id: string; readonly raw: JsonObject }

export const tasksIn = (flow: JsonObject): readonly WrittenTask[] => {
  const hooks = isObject(flow['hooks']) ? flow['hooks'] : {}
  const groups: readonly (readonly [readonly string[], JsonValue | undefined])[] = [
    [['tasks'], flow['tasks']],
    ...hookNames.map((hook) => [['hooks', hook], hooks[hook]] as const),
  ]
  return groups.flatMap(([above, group]) =>
    isObject(group)
      ? Object.entries(group).flatMap(([id, raw]) => (isObject(raw) ? [{ path: [...above, id], id, raw }] : []))
      : [],
  )
}

/** Where a task names its subflow in plain text; one made by an expression is only known in a run. */
export type FlowReference = { readonly path: readonly string[]; readonly name: string }

export const flowReferencesIn = (value: JsonValue): readonly FlowReference[] =>
  tasksIn(isObject(value) ? value : {}).flatMap(({ path, raw }) => {
    const settings = isObject(raw['with']) ? raw['with'] : {}
    const name = raw['type'] === 'flow.run' && settings['from'] === undefined ? settings['flow'] : undefined
    return typeof name === 'string' && !name.includes('{{') ? [{ path: [...path, 'with', 'flow'], name }] : []
  })
