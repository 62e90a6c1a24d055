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

export const isQuote = (character: string | undefined) => character === '"' || character === "'"

export const afterQuoted = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text[at] !== text[start]) at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}

const word = /[\w-]+/y
const dotted = /\.(?!\.)\s*([\w-]+)/y
const bracketed = /\[\s*(?:"([\w-]+)"|'([\w-]+)')/y

const mentionsIn = (expression: string, shift: number): TaskMention[] => {
  const mentions: TaskMention[] = []
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
    at += name[0].length
    const field =
      name[0] === 'tasks' && before !== '.'
        ? (matchAt(dotted, expression, at) ?? matchAt(bracketed, expression, at))
        : null
    before = name[0]
    if (!field) continue
    const task = withoutTrim(field[1] ?? field[2] ?? '', at + field[0].length === expression.length)
    const from = shift + at + field[0].lastIndexOf(field[1] ?? field[2] ?? '')
    mentions.push({ task, from, to: from + task.length })
    at += field[0].length
  }
  return mentions
}

/** In `{{ tasks.x-}}` the dash trims blanks. */
export const withoutTrim = (name: string, isLast: boolean): string =>
  isLast && name.endsWith('-') ? name.slice(0, -1) : name

export const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** A word that is no field of another, no filter, and not what a filter calls its argument. */
const namesIn = (expression: string, shift: number): TaskMention[] => {
  const mentions: TaskMention[] = []
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
    const task = withoutTrim(name[0], at + name[0].length === expression.length)
    const isField = before === '.' && expression[at - 1] === '.' && expression[at - 2] !== '.'
    const isArgument = (before === ',' || before === ':') && /^\s*:/.test(expression.slice(at + name[0].length))
    if (!isField && before !== '|' && !isArgument)
      mentions.push({ task, from: shift + at, to: shift + at + task.length })
    at += name[0].length
    before = name[0]
  }
  return mentions
}
