import path from 'node:path'
import { applyEdit } from '#core/flow/edit/apply-edit.ts'
import type { FlowReading } from '#core/flow/read-flow.ts'
import { Refused } from '#core/model/failure.ts'
import { hookNames, type FlowDocument, type TaskDocument } from '#core/model/flow-document.ts'
import { flowPath, type FlowReader, type FlowText } from './flow-reader.ts'

/** A flow and every flow it runs, as one text: a stream of YAML documents, the root first. */
export type FlowStreamWorld = { readonly reader: FlowReader; readonly library: string }

type Member = { readonly flow: FlowText; readonly document: FlowDocument }

/** Where a task names its subflow in plain text; one made by an expression is only known in a run. */
type Reference = { readonly path: readonly string[]; readonly name: string }

const referencesOf = ({ tasks, hooks }: FlowDocument): readonly Reference[] => {
  const referenceOf = (above: readonly string[], task: TaskDocument): readonly Reference[] => {
    const name = task.type === 'flow.run' && task.with['from'] === undefined ? task.with['flow'] : undefined
    return typeof name === 'string' && !name.includes('{{') ? [{ path: [...above, task.id, 'with', 'flow'], name }] : []
  }
  return [
    ...tasks.flatMap((task) => referenceOf(['tasks'], task)),
    ...hookNames.flatMap((hook) => hooks[hook].flatMap((task) => referenceOf(['hooks', hook], task))),
  ]
}

export const exportStream = async (world: FlowStreamWorld, root: FlowText): Promise<string> => {
  const members = await membersOf(world, root)
  refuseSameNames([...members.values()])
  const texts = [...members.values()].map((member) => withNames(world, member, members))
  return texts.reduce((stream, text) => `${ended(stream)}${startsDocument(text) ? '' : '---\n'}${text}`)
}

const membersOf = async ({ reader, library }: FlowStreamWorld, root: FlowText): Promise<Map<string, Member>> => {
  const members = new Map<string, Member>()
  const visit = async (file: string, flow: FlowText): Promise<void> => {
    const document = await reader.document(flow)
    members.set(file, { flow, document })
    for (const { name } of referencesOf(document)) {
      const subflow = flowPath(flow.folder, library, name)
      if (!members.has(subflow))
        await visit(subflow, await reader.locate({ from: 'file', path: subflow, cwd: flow.folder }))
    }
  }
  await visit(root.file ?? '', root)
  return members
}

const refuseSameNames = (members: readonly Member[]): void => {
  for (const [index, { flow, document }] of members.entries()) {
    const other = members.findIndex((member) => member.document.name === document.name)
    if (other === index) continue
    throw new Refused({
      code: 'conflict',
      message: `Two of the flows are named “${document.name}”: ${members[other]?.flow.file} and ${flow.file}. In one stream, as in the library, names differ: rename one.`,
    })
  }
}

/** Whoever imports the stream finds each flow under its name; a path that says the same is left as it stands. */
const withNames = (
  { library }: FlowStreamWorld,
  { flow, document }: Member,
  members: ReadonlyMap<string, Member>,
): string =>
  referencesOf(document).reduce((text, { path: place, name }) => {
    const target = members.get(flowPath(flow.folder, library, name))?.document.name ?? name
    const isFound = name === target || path.normalize(name) === `${target}.yaml`
    return isFound ? text : applyEdit(text, { kind: 'set', path: place, value: target }).text
  }, flow.text)

const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

const startsDocument = (text: string): boolean => /^---(\s|$)/.test(text)

/** The text of each flow of a stream, as it stands there. */
export const textsOf = (text: string, readings: readonly FlowReading[]): readonly string[] => {
  const starts = readings.map(({ source }, index) => (index === 0 ? 0 : (source.yaml?.range?.[0] ?? 0)))
  return starts.map((start, index) => {
    const own = text.slice(start, starts[index + 1] ?? text.length)
    return index === 0 ? own : own.replace(/^---[ \t]*\r?\n/, '')
  })
}
