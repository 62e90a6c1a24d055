import { inBraces, inCondition, type TaskMention } from './expression-mentions.ts'
import { matchAt, walkExpression, withoutTrim, type Word } from './expression-words.ts'
import type { Finders } from './references.ts'

/**
 * Where an expression reads something below `tasks` or `run`, with all the steps that are written: `tasks.count.rows`. Null
 * at the end for what is worked out only when it runs (`tasks.count[n]`).
 */
export type PathMention = TaskMention & { readonly steps: readonly (string | null)[] }

const dotted = /\.(?!\.)\s*([\w-]+)/y
const named = /\[\s*(?:"([^"]*)"|'([^']*)'|(\d+))\s*\]/y

const pathsIn = (expression: string, shift: number): PathMention[] => {
  const mentions: PathMention[] = []
  walkExpression(expression, {
    word: (word) => {
      const isRoot = (word.text === 'tasks' || word.text === 'run') && word.before !== '.'
      if (!isRoot || !/[.[]/.test(expression[word.to] ?? '')) return word.to
      const path = pathFrom(expression, word)
      const task = expression.slice(word.from, path.to)
      mentions.push({ steps: path.steps, task, from: shift + word.from, to: shift + path.to })
      return path.to
    },
  })
  return mentions
}

const pathFrom = (expression: string, root: Word): { steps: (string | null)[]; to: number } => {
  const steps: (string | null)[] = [root.text]
  let { to } = root
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
