import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { extractTasks } from '#core/flow/edit/extract-tasks.ts'
import { mapIn } from '#core/flow/edit/fragments.ts'
import { inlineFlow } from '#core/flow/edit/inline-flow.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import { Refused } from '#core/model/failure.ts'
import type { DraftEdit, Extracted } from '#core/model/flow-draft.ts'
import type { Edited } from '#core/model/flow-edit.ts'
import type { JsonValue, PortKind } from '#core/model/handle.ts'
import type { DraftChange, DraftsService } from './drafts.ts'
import { flowPath, libraryFile, type FlowReader } from './flow-reader.ts'
import type { FlowInFile, Trust } from './trust.ts'

export type SubflowEdits = {
  /** Tasks of a draft become a flow of their own, and one task that runs it stands in their place. */
  extract(request: DraftChange & { readonly tasks: readonly string[]; readonly name: string }): Promise<Extracted>
  /** The tasks of the flow that a `flow.run` task runs come in its place. That flow stays as it is. */
  inline(request: DraftChange & { readonly task: string }): Promise<DraftEdit>
}

export type SubflowEditsWorld = {
  readonly drafts: Pick<DraftsService, 'change'>
  readonly reader: Pick<FlowReader, 'locate'>
  readonly catalogue: Pick<Catalogue, 'tasks'>
  readonly trust: Trust
  /** `HOME/flows`. */
  readonly library: string
}

export const createSubflowEdits = (world: SubflowEditsWorld): SubflowEdits => ({
  extract: async (request) => {
    const { file, tasks, name } = request
    const target = targetOf(world, file, name)
    let task = ''
    const edit = async (text: string): Promise<Edited> => {
      task = freshId(text, name)
      const outputs = (type: string) => kindsOf(world, type)
      const { parent, child } = extractTasks(text, { tasks, task, flow: target.flow, name, outputs })
      await writeNew(target.file, child)
      world.trust.carry({ file, text }, { file: target.file, text: child })
      return parent
    }
    const done = await world.drafts.change(request, edit).catch(async (error: unknown) => {
      // Not one that was there before.
      if (task !== '' && !isTaken(error)) await rm(target.file, { force: true })
      throw error
    })
    return { ...done, task, flow: target.flow }
  },
  inline: (request) =>
    world.drafts.change(request, async (text) => {
      const { task, file } = request
      const child = await childOf(world, { text, task, file })
      // Whoever has not looked at those tasks has not looked at the flow that holds them now.
      if (!world.trust.isTrusted(child)) world.trust.distrust({ file, text })
      return inlineFlow(text, { task, child: child.text })
    }),
})

const kindsOf = ({ catalogue }: SubflowEditsWorld, type: string): Readonly<Record<string, PortKind>> | null => {
  const found = catalogue.tasks.get(type)
  return found ? Object.fromEntries(Object.entries(found.outputs).map(([name, { kind }]) => [name, kind])) : null
}

/** In the library for a flow of the library; else beside the flow's file, so that relative paths mean what they meant. */
const targetOf = ({ library }: SubflowEditsWorld, file: string, name: string): { file: string; flow: string } => {
  const inLibrary = libraryFile(library, name)
  if (path.dirname(file) === path.resolve(library)) return { file: inLibrary, flow: name }
  const beside = `${name}.yaml`
  return { file: path.join(path.dirname(file), beside), flow: beside }
}

const freshId = (text: string, name: string): string => {
  const taken = mapIn(text, 'tasks')
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '_').replace(/^[^a-z]+/, '') || 'subflow' // prettier-ignore
  let id = plain
  for (let number = 2; Object.hasOwn(taken, id); number += 1) id = `${plain}_${number}`
  return id
}

const isTaken = (error: unknown): boolean => error instanceof Refused && error.failure.code === 'conflict'

const writeNew = async (file: string, text: string): Promise<void> => {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
    const message = `There is a flow “${path.basename(file, '.yaml')}” already. Choose another name.`
    throw new Refused({ code: 'conflict', message }, { cause })
  }
}

type Called = { readonly text: string; readonly task: string; readonly file: string }

const childOf = async (world: SubflowEditsWorld, { text, task, file }: Called): Promise<FlowInFile> => {
  const settings = fieldOf(fieldOf(mapIn(text, 'tasks'), task), 'with')
  const flow = fieldOf(settings, 'flow')
  const refuse = (why: string) => new Refused({ code: 'invalid', message: `“${task}” cannot be brought in: ${why}` })
  if (typeof flow !== 'string' || flow === '') throw refuse('it does not say which flow it runs.')
  if (fieldOf(settings, 'from') !== undefined) throw refuse('the flow is in a repository.')
  if (flow.includes('{{')) throw refuse('which flow it runs is an expression.')
  const folder = path.dirname(file)
  const child = flowPath(folder, world.library, flow)
  if (child === file) throw refuse('it runs the flow that it is in.')
  if (path.dirname(child) !== folder)
    throw refuse(
      `the flow lies in another folder (${path.dirname(child)}), so its relative paths would mean other files.`,
    )
  return { file: child, text: (await world.reader.locate({ from: 'file', path: child, cwd: folder })).text }
}

const fieldOf = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)[key]
    : undefined
