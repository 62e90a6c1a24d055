import type { JsonValue } from '#core/model/handle.ts'
import { compileTemplate, holdsExpression, type Mention } from './templates.ts'

/** What expressions read. */
export type Mentions = {
  /** Parameters, variables, the item: bare names. */
  readonly names: readonly string[]
  readonly tasks: readonly string[]
  readonly blocks: readonly { readonly type: string; readonly name: string }[]
  /** Fields of `run`. */
  readonly run: readonly string[]
}

/** The names read by every expression within a value, step by step. Texts that cannot be read have none. */
export const pathsMentioned = (value: JsonValue): readonly Mention[] => {
  if (typeof value === 'string') {
    if (!holdsExpression(value)) return []
    // Which names are read is the same for every kind of field; raw text is allowed anywhere in plain text.
    const compiled = compileTemplate(value, 'text')
    return compiled.ok ? compiled.template.mentions : []
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsMentioned) : []
}

const texts = (steps: readonly Mention[number][]): readonly string[] => [
  ...new Set(steps.filter((step) => typeof step === 'string')),
]

/** Of every expression within a value (`task.with`, `document.variables`, `task.when` …), each once, in order of first use. */
export const mentionsOf = (value: JsonValue): Mentions => {
  const paths = pathsMentioned(value)
  const under = (root: string) => paths.filter((path) => path[0] === root)
  const blocks = new Map<string, { readonly type: string; readonly name: string }>()
  for (const [, type, name] of under('blocks')) {
    if (typeof type === 'string' && typeof name === 'string') blocks.set(`${type}/${name}`, { type, name })
  }
  const roots = new Set(['tasks', 'blocks', 'run'])
  return {
    names: texts(paths.map(([root]) => root ?? null)).filter((name) => !roots.has(name)),
    tasks: texts(under('tasks').map(([, task]) => task ?? null)),
    blocks: [...blocks.values()],
    run: texts(under('run').map(([, field]) => field ?? null)),
  }
}
