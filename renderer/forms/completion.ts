import type { ExpressionName } from './form.ts'

/** What may stand in place of the part of a text between `from` and `to`. */
export type Suggestions = {
  readonly from: number
  readonly to: number
  readonly options: readonly { readonly insert: string; readonly label: string; readonly hint: string }[]
}

const most = 40

/** Those that begin with what is written, then those that hold it. */
const fitting = <T extends { readonly name: string }>(names: readonly T[], written: string): readonly T[] => {
  const asked = written.toLowerCase()
  const begin = names.filter(({ name }) => name.toLowerCase().startsWith(asked))
  const hold = names.filter(({ name }) => {
    const lower = name.toLowerCase()
    return lower.includes(asked) && !lower.startsWith(asked)
  })
  return [...begin, ...hold].slice(0, most)
}

/** The name before the cursor when that stands in an expression: where it begins, and whether the braces are closed. */
export const expressionAt = (
  text: string,
  cursor: number,
): { readonly from: number; readonly written: string; readonly closed: boolean } | null => {
  const open = text.lastIndexOf('{{', cursor - 1)
  if (open === -1 || open + 2 > cursor || text.slice(open, cursor).includes('}}')) return null
  const inside = text.slice(open + 2, cursor)
  if (/\|[^|]*$/.test(inside)) return null
  const written = /[\w.-]*$/.exec(inside)?.[0] ?? ''
  const after = text.slice(cursor)
  const close = after.indexOf('}}')
  const next = after.indexOf('{{')
  return { from: cursor - written.length, written, closed: close !== -1 && (next === -1 || close < next) }
}

/** Names for the expression around the cursor; null when there is none, or the name is written out. */
export const completeExpression = (
  text: string,
  cursor: number,
  names: readonly ExpressionName[],
): Suggestions | null => {
  const at = expressionAt(text, cursor)
  if (!at) return null
  const rest = /^[\w.-]*/.exec(text.slice(cursor))?.[0] ?? ''
  const options = fitting(names, at.written)
  if (options.every(({ name }) => name === at.written)) return null
  const space = text.slice(0, at.from).endsWith('{{') ? ' ' : ''
  return {
    from: at.from,
    to: cursor + rest.length,
    options: options.map(({ name, hint }) => ({
      insert: `${space}${name}${at.closed ? '' : ' }}'}`,
      label: name,
      hint,
    })),
  }
}

/** Whole texts to choose from, while the field holds nothing else. */
export const completeText = (text: string, choices: readonly string[]): Suggestions | null => {
  const options = fitting(
    choices.map((name) => ({ name })),
    text.trim(),
  )
  if (options.length === 0 || (options.length === 1 && options[0]?.name === text)) return null
  return { from: 0, to: text.length, options: options.map(({ name }) => ({ insert: name, label: name, hint: '' })) }
}
