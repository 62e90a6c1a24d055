import fc from 'fast-check'
import type { GeneratorValue } from 'fast-check'
import { expect, test } from 'vitest'
import { Document, parse, parseDocument, visit } from 'yaml'
import type { EditOperation } from '#core/model/flow-edit.ts'
import { applyEdit } from './apply-edit.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const numRuns = Number(process.env['RUNS'] ?? 150)
// Shrinking a failure may take long.
const timeLimit = numRuns > 1000 ? 600_000 : 20_000

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Task = { [key: string]: Json }
type Flow = { tasks: Record<string, Task>; variables: Json; layout: Record<string, Json>; name: string }
const ids = ['fetch', 'trips', 'a', 'a-b', 'load_2', 'x9']

/** A flow by the names of its tasks, so that a renamed one is told by giving other names. */
type Template = (name: (task: string) => string) => Flow

const randomTemplate = (draw: GeneratorValue): Template => {
  const below = (most: number) => draw(fc.nat, { max: most - 1 })
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
  const many = <T>(make: () => T): T[] => Array.from({ length: 1 + below(3) }, make)
  type Piece = (name: (task: string) => string) => string
  const piece = (): Piece => {
    const id = pick(ids)
    const meant: Piece[] = [
      (name) => `{{ tasks.${name(id)}.file.path }}`,
      (name) => `{{ tasks["${name(id)}"].rows | plus: tasks['${name(id)}'].rows }}`,
      (name) => `{{- tasks.${name(id)}.n -}}`,
      (name) => `{% if tasks.${name(id)}.rows > 1 %}yes: "it's"{% endif %}`,
      (name) => `{{ a | append: tasks.${name(id)}.file.name | append: "tasks.${id}.x }}" }}`,
    ]
    const meantElsewise = [
      `tasks.${id}.x`,
      `{{ "tasks.${id}" }}`,
      `{{ x.tasks.${id} }}`,
      `{% raw %}{{ tasks.${id}.x }}{% endraw %}`,
      '# x: "y"\n',
      'plain words 😀',
      '\\',
    ]
    const other = pick(meantElsewise)
    return below(2) === 0 ? pick(meant) : () => other
  }
  const textOf = (): Piece => {
    const pieces = many(piece)
    return (name) => pieces.map((part) => part(name)).join(' ')
  }
  const taskOf = (): ((name: (task: string) => string) => Task) => {
    const [text, other, wires, single, after, follows] = [
      textOf(),
      textOf(),
      many(() => pick(ids)),
      pick(ids),
      many(() => pick(ids)),
      pick(ids),
    ]
    const shape = below(16)
    return (name) => ({
      type: 'some.type',
      ...(shape & 1 && { inputs: { one: `${name(single)}.file`, many: wires.map((id) => `${name(id)}.table`) } }),
      ...(shape & 2 && { after: shape & 4 ? after.map(name) : name(single) }),
      ...(shape & 8 && { for_each: name(follows) }),
      with: { text: text(name), list: [other(name), 1, single] },
      note: `tasks.${single} {{ tasks.${single}.x }}`,
    })
  }
  const tasks = ids.map((id) => [id, taskOf()] as const)
  const variable = textOf()
  return (name) => ({
    name: ids[0] ?? '',
    variables: { v: variable(name) },
    tasks: Object.fromEntries(tasks.map(([id, task]) => [name(id), task(name)])),
    layout: Object.fromEntries(tasks.map(([id], index) => [name(id), [index, 0]])),
  })
}

/** Styles, quotes, line lengths and indentations at random. */
const written = (draw: GeneratorValue, flow: Flow): string => {
  const below = (most: number) => draw(fc.nat, { max: most - 1 })
  const document = new Document(flow, { aliasDuplicateObjects: false })
  visit(document, {
    Collection: (_, node) => void (node.flow = below(4) === 0),
    Scalar: (key, node) => {
      if (below(3) === 0)
        node.type = (['QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL'] as const)[below(4)] ?? 'PLAIN'
      if (key !== 'key' && below(8) === 0) node.comment = ' a comment'
    },
  })
  const text = document.toString({
    indent: 2 + below(3),
    indentSeq: below(2) === 0,
    lineWidth: below(2) === 0 ? 0 : 30,
    minContentWidth: 0,
  })
  return below(3) === 0 ? text.replaceAll('\n', '\r\n') : text
}

/** The flow without a task, worked out on plain data. */
const without = ({ tasks, layout, ...rest }: Flow, task: string): Flow => ({
  ...rest,
  layout: Object.fromEntries(Object.entries(layout).filter(([id]) => id !== task)),
  tasks: Object.fromEntries(
    Object.entries(tasks).flatMap(([id, each]) => (id === task ? [] : [[id, freed(each, task)]])),
  ),
})

const freed = (task: Task, gone: string): Task => {
  const isGone = (name: Json) => typeof name === 'string' && (name === gone || name.startsWith(`${gone}.`))
  const free = (value: Json): Json => {
    if (Array.isArray(value)) return value.filter((item) => !isGone(item))
    return isGone(value) ? [] : value
  }
  const isLeft = ([, value]: [string, Json]) => JSON.stringify(value) !== '[]' && JSON.stringify(value) !== '{}'
  const inputs = Object.fromEntries(
    Object.entries((task['inputs'] ?? {}) as Task)
      .map(([port, wires]): [string, Json] => [port, free(wires)])
      .filter(isLeft),
  )
  const changed = { inputs, after: free(task['after'] ?? []), for_each: free(task['for_each'] ?? []) }
  return { ...task, ...changed }
}

const tidy = (flow: Flow): Json =>
  JSON.parse(JSON.stringify(flow), (key, value: unknown) =>
    ['inputs', 'after', 'for_each'].includes(key) && ['[]', '{}'].includes(JSON.stringify(value)) ? undefined : value,
  ) as Json

const randomOperation = (draw: GeneratorValue, template: Template): { operation: EditOperation; wanted: Json } => {
  const task = ids[draw(fc.nat, { max: ids.length - 1 })] ?? ''
  const flow = template((id) => id)
  const kind = draw(fc.nat, { max: 8 })
  if (kind <= 3) {
    const to = ['z', 'much-longer-name', 'a1'][kind] ?? 'z'
    return { operation: { kind: 'rename-task', task, to }, wanted: tidy(template((id) => (id === task ? to : id))) }
  }
  if (kind <= 5) return { operation: { kind: 'remove-task', task }, wanted: tidy(without(flow, task)) }
  if (kind === 6) {
    const definition = { type: 't', with: { text: 'two\nlines', list: [1, { a: 'b: c' }] } }
    flow.tasks['brand-new'] = definition
    flow.layout['brand-new'] = [7, 8]
    return { operation: { kind: 'add-task', task: 'brand-new', definition, position: [7, 8] }, wanted: tidy(flow) }
  }
  if (kind === 7) {
    const positions: Record<string, [number, number] | null> = { [task]: [1.5, -2], x9: null, 'not-there': [3, 4] }
    flow.layout = { ...flow.layout, ...positions }
    delete flow.layout['x9']
    return { operation: { kind: 'set-positions', positions }, wanted: tidy(flow) }
  }
  const inputs = (flow.tasks[task]?.['inputs'] ?? {}) as Task
  const wire = 'fetch.table'
  const now = inputs['many']
  if (flow.tasks[task]) {
    const wires = Array.isArray(now) ? [...now.filter((each) => each !== wire), wire] : wire
    const isThere = Array.isArray(now) && now.includes(wire)
    flow.tasks[task] = { ...flow.tasks[task], inputs: { ...inputs, many: isThere ? now : wires } }
  }
  return {
    operation: { kind: 'connect', task, port: 'many', from: { task: 'fetch', output: 'table' }, many: true },
    wanted: tidy(flow),
  }
}

test(`a change of tasks is made in every place that means them, and in no other (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const template = randomTemplate(draw)
      const flow = template((id) => id)
      const text = written(draw, flow)
      // The printer has mistakes of its own.
      fc.pre(parseDocument(text).errors.length === 0 && JSON.stringify(parse(text)) === JSON.stringify(flow))
      const { operation, wanted } = randomOperation(draw, template)
      const edited = applyEdit(text, operation)
      const story = `${JSON.stringify(operation)}\n--- before\n${text}\n--- after\n${edited.text}`
      expect(parseDocument(edited.text).errors, story).toEqual([])
      expect(parse(edited.text), story).toEqual(wanted)
      expect(applyEdit(edited.text, edited.inverse).text === text, story).toBe(true)
      // Only a name that is broken over two lines makes its text be written anew.
      if (operation.kind !== 'rename-task' || /\\\r?\n/.test(text)) return
      expect(new Set(edited.splices.map(({ remove }) => remove)), story).toEqual(new Set([operation.task]))
    }),
    { seed, numRuns, plugins: [fc.interruptAfterTimeLimit(timeLimit)], maxSkipsPerRun: 1000 },
  )
})
