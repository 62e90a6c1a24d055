import type { PortKind } from '#core/model/handle.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { wouldCycle } from '#renderer/stores/edits.ts'
import { listOf, mapAt, outputKind, taskOf, wiresInto, type Outline } from '#renderer/stores/outline.ts'

export type Joint = { readonly task: string; readonly output: string; readonly to: string; readonly port: string }

type Types = ReadonlyMap<string, TaskTypeSummary>

/** Why an output cannot go into an input, or null when it can. */
export const whyNot = (outline: Outline, types: Types, { task, output, to, port }: Joint): string | null => {
  const typeOf = (id: string) => taskOf(outline, id)?.type ?? ''
  const kind = outputKind(types, typeOf(task), output)
  const made = types.get(typeOf(task))?.outputs[output]
  const input = types.get(typeOf(to))?.inputs[port]
  if (kind === null || !input) return 'There is no such port.'
  if (task === to) return 'A task cannot take its own output.'
  if (kind !== input.kind) return `${output} is a ${kind}, and ${port} takes a ${input.kind}.`
  if (made?.many && !input.many) return `${output} is a list of them, and ${port} takes one ${input.kind}.`
  if (wouldCycle(outline, task, to)) return `${task} waits for ${to} already: the wire would close a circle.`
  return null
}

/** One end of a wire that looks for the other. */
export type LooseEnd =
  | { readonly side: 'output'; readonly task: string; readonly output: string }
  | { readonly side: 'input'; readonly task: string; readonly port: string }

export const kindOfEnd = (outline: Outline, types: Types, end: LooseEnd): PortKind | null => {
  const type = types.get(taskOf(outline, end.task)?.type ?? '')
  return (end.side === 'output' ? type?.outputs[end.output]?.kind : type?.inputs[end.port]?.kind) ?? null
}

export type Candidate =
  | { readonly kind: 'data'; readonly joint: Joint; readonly title: string; readonly taken: boolean }
  | { readonly kind: 'order'; readonly from: string; readonly to: string; readonly title: string }

/** What comes before a task, and the task itself: what these would take of it would close a circle. */
const before = (outline: Outline, task: string): ReadonlySet<string> => {
  const found = new Set([task])
  for (const id of found) for (const { from } of wiresInto(outline, id)) found.add(from.task)
  return found
}

/** Every input that can take something of a task, free ones first, and then who could wait for it. */
export const candidatesFor = (outline: Outline, types: Types, task: string): readonly Candidate[] => {
  const outputs = Object.entries(types.get(taskOf(outline, task)?.type ?? '')?.outputs ?? {})
  const earlier = before(outline, task)
  const later = outline.tasks.filter(({ id }) => !earlier.has(id))
  const data = later.flatMap(({ id, type, raw }) =>
    Object.entries(types.get(type)?.inputs ?? {}).flatMap(([port, { kind, title, many = false }]) => {
      const written = listOf(mapAt(raw['inputs'])[port])
      const fitting = outputs.filter(
        ([output, made]) => made.kind === kind && (many || !made.many) && !written.includes(`${task}.${output}`),
      )
      return fitting.map(([output]) => ({
        kind: 'data' as const,
        joint: { task, output, to: id, port },
        title: `${id}: ${title}${outputs.length > 1 ? ` ← ${output}` : ''}`,
        taken: written.length > 0 && !many,
      }))
    }),
  )
  const orders = later
    .filter(({ raw }) => !listOf(raw['after']).includes(task))
    .map(({ id }) => ({ kind: 'order' as const, from: task, to: id, title: `${id}: run after ${task}` }))
  return [...data.toSorted((a, b) => Number(a.taken) - Number(b.taken)), ...orders]
}
