import { afterQuoted, isQuote, matchAt, walkExpression, withoutTrim } from './expression-words.ts'

/** Where in a text an expression names a task. Offsets. */
export type TaskMention = { readonly task: string; readonly from: number; readonly to: number }

type Find<M> = (expression: string, shift: number) => M[]

/** Looks within `{{ … }}` and `{% … %}`, as liquidjs reads them; what stands in a raw block is passed over. */
export const inBraces = <M>(text: string, find: Find<M>): M[] => {
  const mentions: M[] = []
  const opening = /\{\{-?|\{%-?/g
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const from = found.index + found[0].length
    const isOutput = found[0].startsWith('{{')
    const to = isOutput ? endOfOutput(text, from) : endAt(text, '%}', from)
    opening.lastIndex = /^\s*raw\b/.test(text.slice(from, to)) && !isOutput ? endOfRaw(text, to) : to
    mentions.push(...find(text.slice(from, to), from))
  }
  return mentions
}

export const inCondition = <M>(text: string, find: Find<M>): M[] =>
  /\{\{|\{%/.test(text) ? inBraces(text, find) : find(text, 0)

/** Finds `tasks.x` and `tasks["x"]`; text in quotes is passed over. */
export const taskMentions = (text: string): TaskMention[] => inBraces(text, mentionsIn)

/** The same in a condition that is written without braces. */
export const taskMentionsInCondition = (text: string): TaskMention[] => inCondition(text, mentionsIn)

/** Finds bare names: those of parameters, variables and items. */
export const nameMentions = (text: string): TaskMention[] => inBraces(text, namesIn)

export const nameMentionsInCondition = (text: string): TaskMention[] => inCondition(text, namesIn)

const endAt = (text: string, end: string, from: number): number => {
  const found = text.indexOf(end, from)
  return found === -1 ? text.length : found
}

const endOfRaw = (text: string, from: number): number => {
  const end = /\{%-?\s*endraw\b/g
  end.lastIndex = from
  const found = end.exec(text)
  return found ? endAt(text, '%}', found.index) : text.length
}

const endOfOutput = (text: string, from: number): number => {
  let at = from
  while (at < text.length && !text.startsWith('}}', at)) at = isQuote(text[at]) ? afterQuoted(text, at) : at + 1
  return Math.min(at, text.length)
}

const dotted = /\.(?!\.)\s*([\w-]+)/y
const bracketed = /\[\s*(?:"([\w-]+)"|'([\w-]+)')/y

const mentionsIn = (expression: string, shift: number): TaskMention[] => {
  const mentions: TaskMention[] = []
  walkExpression(expression, {
    word: ({ text, to, before }) => {
      const isRoot = text === 'tasks' && before !== '.'
      const field = isRoot ? (matchAt(dotted, expression, to) ?? matchAt(bracketed, expression, to)) : null
      if (!field) return to
      const end = to + field[0].length
      const written = field[1] ?? field[2] ?? ''
      const task = withoutTrim(written, end === expression.length)
      const from = shift + to + field[0].lastIndexOf(written)
      mentions.push({ task, from, to: from + task.length })
      return end
    },
  })
  return mentions
}

/** A word that is no field of another, no filter, and not what a filter calls its argument. */
const namesIn = (expression: string, shift: number): TaskMention[] => {
  const mentions: TaskMention[] = []
  walkExpression(expression, {
    word: ({ text, from, to, before }) => {
      const isField = before === '.' && expression[from - 1] === '.' && expression[from - 2] !== '.'
      const isArgument = (before === ',' || before === ':') && /^\s*:/.test(expression.slice(to))
      const task = withoutTrim(text, to === expression.length)
      if (!isField && before !== '|' && !isArgument)
        mentions.push({ task, from: shift + from, to: shift + from + task.length })
      return to
    },
  })
  return mentions
}
