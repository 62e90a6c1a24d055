/** A word of an expression, outside quotes. Offsets in the expression. */
export type Word = {
  readonly text: string
  readonly from: number
  readonly to: number
  /** The word or the mark that stands before it; a quote after a text in quotes. */
  readonly before: string
}

export type ExpressionVisitor = {
  /** Answers where to go on: the end of the word, or of more that was read with it. */
  word(word: Word): number
  /** What stands in quotes, these included. */
  quoted?(from: number, to: number): void
}

const wordPattern = /[\w-]+/y

/** Goes through an expression word by word, as liquidjs splits it. */
export const walkExpression = (expression: string, { word, quoted }: ExpressionVisitor): void => {
  let at = 0
  let before = ''
  while (at < expression.length) {
    const character = expression[at] ?? ''
    if (isQuote(character)) {
      const end = afterQuoted(expression, at)
      quoted?.(at, end)
      before = character
      at = end
      continue
    }
    const text = matchAt(wordPattern, expression, at)?.[0]
    if (text === undefined) {
      before = character.trim() === '' ? before : character
      at += 1
      continue
    }
    at = word({ text, from: at, to: at + text.length, before })
    before = text
  }
}

export const isQuote = (character: string | undefined): boolean => character === '"' || character === "'"

export const afterQuoted = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text[at] !== text[start]) at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}

/** In `{{ tasks.x-}}` the dash trims blanks. */
export const withoutTrim = (name: string, isLast: boolean): string =>
  isLast && name.endsWith('-') ? name.slice(0, -1) : name

export const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}
