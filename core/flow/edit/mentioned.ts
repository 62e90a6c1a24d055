import type { JsonValue } from '#core/model/handle.ts'
import { fieldsOf, taskFields } from './fields.ts'
import { changesOf, together } from './plan.ts'
import { expressionsNaming, nameFinders, type Finders } from './references.ts'
import { renameIn } from './rename-task.ts'
import { openFlowText } from './sharing.ts'
import { edited } from './splices.ts'
import { isJsonList, isJsonMap, type JsonMap } from './values.ts'
import type { TaskMention } from './expression-mentions.ts'

/** Keys of a task whose texts are no templates. */
const plain: ReadonlySet<string> = new Set(['type', 'note', 'inputs', 'after'])

const textsIn = (value: JsonValue): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (isJsonList(value)) return value.flatMap(textsIn)
  return isJsonMap(value) ? Object.values(value).flatMap(textsIn) : []
}

/** What the expressions of a task name. */
export const mentionsOfTask = <M extends TaskMention>(
  definition: JsonMap,
  { inText, inCondition }: { inText(text: string): M[]; inCondition(text: string): M[] },
): readonly M[] =>
  Object.entries(definition).flatMap(([key, value]) => {
    if (plain.has(key)) return []
    return textsIn(value).flatMap(key === 'when' ? inCondition : inText)
  })

/** What the expressions of any value name. */
export const mentionsOfValue = <M extends TaskMention>(value: JsonValue, find: (text: string) => M[]): readonly M[] =>
  textsIn(value).flatMap(find)

/** Writes `to` wherever an expression of the flow names something. */
export const rewriteMentions = (text: string, finders: Finders, name: string, to: string): string => {
  const flow = openFlowText(text)
  const fields = taskFields(flow).flatMap((task) => fieldsOf(flow, task))
  const texts = expressionsNaming(flow, fields, name, finders)
  return edited(text, changesOf(flow, together(texts.map((each) => renameIn(flow, each, name, to))))).text
}

/** Bare names, all at once: what is written in place of one is not taken for another. */
export const rewriteNames = (text: string, names: ReadonlyMap<string, string>): string => {
  const changed = [...names].filter(([name, to]) => name !== to)
  const aside = (index: number) => `millrace_aside_${index}_`
  const away = changed.reduce((now, [name], index) => rewriteMentions(now, nameFinders, name, aside(index)), text)
  return changed.reduce((now, [, to], index) => rewriteMentions(now, nameFinders, aside(index), to), away)
}
