import { afterQuoted, inBraces, inCondition, isQuote, matchAt, withoutTrim } from './expression-mentions.ts'
import type { TaskMention } from './expression-mentions.ts'
import type { Finders } from './references.ts'

/**
 * Where an expression reads something below `tasks` or `run`, with all the steps that are written: `tasks.count.rows`. Null
 * at the end for what is worked out only when it runs (`tasks.count[n]`).
 */
export type PathMention = TaskMention & { readonly steps: readonly (string | null)[] }

const word = /[\w-]+/y
const dotted = /\.(?!\.)\s*([\w-]+)/y
const named = /\[\s*(?:"([^"]*)"|'([^']*)'|(\d+))\s*\]/y

const pathsIn = (expression: string, shift: number): PathMention[] => {
  const mentions: PathMention[] = []
  let at = 0
  let before = ''
  while (at < expression.length) {
    if (isQuote(expression[at])) {
      at = afterQuoted(expression, at)
      before = '"'
      continue
    }
    const name = matchAt(word, expression, at)
    if (!name) {
      before = expression[at]?.trim() ? (expression[at] ?? '') : before
      at += 1
      continue
    }
    const start = at
    at += name[0].length
    if ((name[0] === 'tasks' || name[0] === 'run') && before !== '.' && /[.[]/.test(expression[at] ?? '')) {
      const path = pathFrom(expression, start)
      at = path.to
      mentions.push({ ...path, task: expression.slice(start, at), from: shift + start, to: shift + at })
    }
    before = name[0]
  }
  return mentions
}

const pathFrom = (expression: string, start: number): { steps: (string | null)[]; to: number } => {
  const steps: (string | null)[] = [matchAt(word, expression, start)?.[0] ?? '']
  let to = start + (steps[0] ?? '').length
  for (;;) {
    const field = matchAt(dotted, expression, to)
    if (field) {
      const whole = to + field[0].length
      const name = withoutTrim(field[1] ?? '', whole === expression.length)
      to = whole - ((field[1] ?? '').length - name.length)
      steps.push(name)
      continue
    }
    const key = matchAt(named, expression, to)
    if (!key) break
    to += key[0].length
    steps.push(key[1] ?? key[2] ?? key[3] ?? '')
  }
  if (expression[to] === '[') steps.push(null)
  return { steps, to }
}

export const pathMentions = (text: string): PathMention[] => inBraces(text, pathsIn)
export const pathMentionsInCondition = (text: string): PathMention[] => inCondition(text, pathsIn)

/** Paths go by how they are written. */
export const pathFinders: Finders = { inText: pathMentions, inCondition: pathMentionsInCondition }
