import { existsSync } from 'node:fs'
import { isList, isObject, type JsonObject } from '#core/flow/readers.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import { describeTaskType } from '#core/kinds/describe-task-type.ts'
import { formatBlockReference, parseBlockReference } from '#core/model/block-reference.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import { hookNames } from '#core/model/flow-document.ts'
import type { FlowSource, FlowTouches, Touch } from '#core/model/flow-library.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { ConfigRows, StateStore } from '#core/model/store.ts'
import { flowPath, libraryFile, type FlowReader } from './flow-reader.ts'

export type TouchesService = {
  of(source: Exclude<FlowSource, { from: 'text' }>): Promise<FlowTouches>
  /** Somebody has looked at them. */
  trust(name: string): void
}

export type TouchesWorld = {
  readonly reader: FlowReader
  readonly catalogue: Catalogue
  readonly store: Pick<StateStore, 'blocks' | 'config'>
  readonly library: string
}

export const createTouches = ({ reader, catalogue, store, library }: TouchesWorld): TouchesService => ({
  of: async (source) => {
    const flow = await reader.locate(source)
    const { value } = await reader.read(flow)
    const found = touchesIn(catalogue, value)
    const blocks = new Set((await store.blocks.list()).map(formatBlockReference))
    const isThere = (name: string): boolean => {
      try {
        return existsSync(flowPath(flow.folder, library, name))
      } catch {
        return false
      }
    }
    return {
      imported: flow.file !== null && isImported(store.config, flow.file),
      scripts: found.scripts.list(),
      hosts: found.hosts.list(),
      paths: found.paths.list(),
      blocks: found.blocks.list().map((touch) => ({ ...touch, exists: blocks.has(touch.name) })),
      flows: found.flows.list().map((touch) => ({ ...touch, exists: isThere(touch.name) })),
    }
  },
  trust: (name) => forgetImported(store.config, libraryFile(library, name)),
})

const importedKey = (file: string): string => `imported ${file}`

export const isImported = (rows: ConfigRows, file: string): boolean => rows.all()[importedKey(file)] !== undefined

/** Until somebody has looked at what it touches. */
export const noteImported = (rows: ConfigRows, file: string): void => rows.set(importedKey(file), 'yes')

/** A flow that goes by another name, or a copy of it, is as little known as it was. */
export const carryImported = (rows: ConfigRows, from: string, to: string): void => {
  if (isImported(rows, from)) noteImported(rows, to)
}

export const forgetImported = (rows: ConfigRows, file: string): void => rows.unset(importedKey(file))

const gathered = () => {
  const tasks = new Map<string, Set<string>>()
  return {
    add: (name: string, task: string | null) => {
      const its = tasks.get(name) ?? new Set()
      tasks.set(name, task === null ? its : its.add(task))
    },
    list: (): readonly Touch[] => [...tasks].map(([name, its]) => ({ name, tasks: [...its] })),
  }
}

type Found = Readonly<Record<'scripts' | 'hosts' | 'paths' | 'blocks' | 'flows', ReturnType<typeof gathered>>>

const touchesIn = (catalogue: Catalogue, value: JsonValue): Found => {
  const found: Found = {
    scripts: gathered(),
    hosts: gathered(),
    paths: gathered(),
    blocks: gathered(),
    flows: gathered(),
  }
  const flow = isObject(value) ? value : {}
  anywhere(found, [flow['parameters'] ?? null, flow['variables'] ?? null], null)
  for (const [task, raw] of tasksIn(flow)) {
    const type = catalogue.tasks.get(typeof raw['type'] === 'string' ? raw['type'] : '')
    const settings = withDefaults(raw['with'], flow)
    anywhere(found, settings, task)
    if (type && isObject(settings)) bySettings(found, describeTaskType(type).fields, { settings, task })
    const subflow = isObject(settings) ? settings['flow'] : undefined
    const isHere = isObject(settings) && settings['from'] === undefined
    if (type?.type === 'flow.run' && isHere && typeof subflow === 'string' && !subflow.includes('{{'))
      found.flows.add(subflow, task)
  }
  return found
}

const tasksIn = (flow: JsonObject): readonly (readonly [string, JsonObject])[] => {
  const hooks = isObject(flow['hooks']) ? flow['hooks'] : {}
  const groups = [flow['tasks'], ...hookNames.map((hook) => hooks[hook])]
  return groups.flatMap((group) =>
    isObject(group) ? Object.entries(group).flatMap(([id, raw]) => (isObject(raw) ? [[id, raw] as const] : [])) : [],
  )
}

/** An expression that is a parameter alone stands for what it is when nobody says otherwise. */
const withDefaults = (value: JsonValue | undefined, flow: JsonObject): JsonValue => {
  if (typeof value === 'string') {
    return value.replaceAll(/\{\{\s*([A-Za-z_][\w-]*)\s*\}\}/g, (written, name: string) => {
      const parameters = isObject(flow['parameters']) ? flow['parameters'] : {}
      const parameter = parameters[name]
      const usual = isObject(parameter) ? parameter['default'] : undefined
      return typeof usual === 'string' || typeof usual === 'number' ? String(usual) : written
    })
  }
  if (isList(value)) return value.map((item) => withDefaults(item, flow))
  if (!isObject(value)) return value ?? null
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDefaults(item, flow)]))
}

const hostIn = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([^/\s?#]+)/i

/** Addresses and blocks are what they are wherever they stand. */
const anywhere = (found: Found, value: JsonValue | undefined, task: string | null): void => {
  if (typeof value === 'string') {
    const host = hostIn.exec(value)?.[1]
    const block = parseBlockReference(value)
    if (host !== undefined && !value.startsWith('file:')) found.hosts.add(host, task)
    if (block) found.blocks.add(formatBlockReference(block), task)
  } else if (isList(value)) for (const item of value) anywhere(found, item, task)
  else if (isObject(value)) for (const item of Object.values(value)) anywhere(found, item, task)
}

type Settings = { readonly settings: JsonObject; readonly task: string }

/** What else a setting means is told by its field. */
const bySettings = (found: Found, fields: readonly FieldDescription[], { settings, task }: Settings): void => {
  for (const field of fields) byField(found, field, { value: settings[field.name], task })
}

type Setting = { readonly value: JsonValue | undefined; readonly task: string }

const byField = (found: Found, field: FieldDescription, { value, task }: Setting): void => {
  if (value === undefined || value === null) return
  if (isList(value)) for (const item of value) byField(found, field.item ?? field, { value: item, task })
  else if (isObject(value)) {
    if (field.fields) bySettings(found, field.fields, { settings: value, task })
    else if (field.item) for (const item of Object.values(value)) byField(found, field.item, { value: item, task })
  } else if (typeof value === 'string') byText(found, field, { text: value, task })
}

const byText = (found: Found, { widget }: FieldDescription, { text, task }: { text: string; task: string }): void => {
  if (widget === 'shell' || widget === 'code') found.scripts.add(firstLine(text), task)
  const isAddress = hostIn.test(text) || text.startsWith('block:')
  if (widget === 'path' && !isAddress) found.paths.add(text, task)
  // Without a scheme it is a file beside the flow, unless an expression may say otherwise.
  if (widget === 'url' && !isAddress) (text.includes('{{') ? found.hosts : found.paths).add(text, task)
}

const firstLine = (text: string): string => {
  const lines = text.trim().split('\n')
  return lines.length > 1 ? `${lines[0]} … (${lines.length} lines)` : (lines[0] ?? '')
}
