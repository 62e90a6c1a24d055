import type { BlockType } from '#core/kinds/block-type.ts'
import type { TaskType } from '#core/kinds/task-type.ts'
import type { TaskDocument } from '#core/model/flow-document.ts'
import type { FieldExplanation } from '#core/model/field-explanation.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { fieldAt } from './check-settings.ts'
import { dialectIn, evaluateField, evaluateItems } from './evaluate.ts'
import { expressionScope } from './expression-scope.ts'
import type { Path } from './finding.ts'
import { pathsMentioned } from './mentions.ts'
import type { Scope } from './scope.ts'
import { valueAt } from './setting-issues.ts'
import type { Mention } from './templates.ts'

const nameOf = (mention: Mention): string =>
  mention
    .map((step, index) => {
      if (step === null) return '[…]'
      if (typeof step === 'number' || /[^\w-]/.test(step)) return `[${JSON.stringify(step)}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')

const sourceOf = (mention: Mention, scope: object): JsonValue | undefined => {
  let part: unknown = scope
  for (const step of mention) {
    if (step === null || typeof part !== 'object' || part === null || !Object.hasOwn(part, step)) return undefined
    part = Reflect.get(part, step)
  }
  return part as JsonValue
}

const writtenAt = (task: TaskDocument, [section, ...rest]: Path): JsonValue => {
  if (section === 'with') return valueAt(task.with, rest) ?? null
  if (section === 'when') return task.when
  if (section === 'cache') return task.cache?.key ?? null
  if (section !== 'for_each' || task.forEach === null) return null
  return task.forEach.kind === 'items' ? task.forEach.items : task.forEach.task
}

/** Says what a field evaluates to and from what, without running anything. */
export const explainField = (request: {
  readonly task: TaskDocument
  readonly type: TaskType
  readonly path: Path
  readonly scope: Scope
  /** Which there are, to know what SQL they speak. */
  readonly blocks?: ReadonlyMap<string, BlockType> | undefined
}): FieldExplanation => {
  const { task, type, path, scope, blocks } = request
  const written = writtenAt(task, path)
  const field = path[0] === 'with' ? fieldAt(type, path.slice(1)) : undefined
  const mapped = path[0] === 'for_each' && task.forEach?.kind === 'items'
  const mentions = pathsMentioned(written)
  const known = expressionScope(scope, mentions)
  const named = new Map(mentions.map((mention) => [nameOf(mention), sourceOf(mention, known)]))
  return {
    written,
    result: mapped
      ? evaluateItems(task, scope)
      : evaluateField(written, path, scope, { field, dialect: dialectIn(task.with, { type, scope, blocks }) }),
    sources: [...named].map(([name, value]) => ({ name, value })),
  }
}
