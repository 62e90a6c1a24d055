import { inBraces, inCondition } from './expression-mentions.ts'
import { isQuote, matchAt, walkExpression, withoutTrim } from './expression-words.ts'

/**
 * Where a text names a block. `from` and `to` are offsets of what a rename replaces: the name in `block:type/name`, or
 * the `.name` or `"name"` of an expression.
 */
export type BlockMention = {
  readonly type: string
  readonly name: string
  readonly from: number
  readonly to: number
  readonly written: 'reference' | 'dotted' | 'bracketed'
}

const reference = /^block:([a-z][a-z0-9-]*)\/([^/%&><#]+)(?:#[A-Za-z_][A-Za-z0-9_]*|\/.+)?$/

/** A text that is a reference as a whole: the block, one field of it, or a file in it. */
const wholeReference = (text: string, shift: number): BlockMention[] => {
  const [, type, name] = reference.exec(text) ?? []
  if (type === undefined || name === undefined) return []
  const from = shift + 'block:'.length + type.length + 1
  return [{ type, name, from, to: from + name.length, written: 'reference' }]
}

/** In a text of a flow: the text itself, or what its expressions name. */
export const blockMentions = (text: string): BlockMention[] => {
  const whole = wholeReference(text, 0)
  return whole.length > 0 ? whole : inBraces(text, mentionsIn)
}

/** In a condition, which needs no braces. */
export const blockMentionsInCondition = (text: string): BlockMention[] => inCondition(text, mentionsIn)

const dotted = /\s*\.(?!\.)\s*([\w-]+)/y
const bracketed = /\s*\[\s*(?:"([^"]+)"|'([^']+)')\s*\]/y

type Step = {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly written: 'dotted' | 'bracketed'
}

const stepAt = (expression: string, at: number): Step | null => {
  const named = matchAt(dotted, expression, at)
  if (named) {
    const end = at + named[0].length
    const name = withoutTrim(named[1] ?? '', end === expression.length)
    const from = at + named[0].indexOf('.')
    return { name, from, to: end - (named[1] ?? '').length + name.length, written: 'dotted' }
  }
  const quoted = matchAt(bracketed, expression, at)
  if (!quoted) return null
  const from = at + quoted[0].search(/["']/)
  const name = quoted[1] ?? quoted[2] ?? ''
  return { name, from, to: from + name.length + 2, written: 'bracketed' }
}

const endOf = (expression: string, { to, written }: Step): number =>
  written === 'bracketed' ? expression.indexOf(']', to) + 1 : to

/** `blocks.type.name`, `blocks["type"]["name"]`, and references in quotes. */
const mentionsIn = (expression: string, shift: number): BlockMention[] => {
  const mentions: BlockMention[] = []
  walkExpression(expression, {
    quoted: (from, to) => {
      mentions.push(...wholeReference(expression.slice(from + 1, to - 1), shift + from + 1))
    },
    word: ({ text, to, before }) => {
      const type = text === 'blocks' && before !== '.' ? stepAt(expression, to) : null
      const block = type && stepAt(expression, endOf(expression, type))
      if (!type || !block) return to
      mentions.push({ ...block, type: type.name, from: shift + block.from, to: shift + block.to })
      return endOf(expression, block)
    },
  })
  return mentions
}

/** What stands there when the block has another name; null where it cannot be written. */
export const renamedMention = (text: string, mention: BlockMention, to: string): string | null => {
  if (mention.written === 'dotted' && /^[\w-]+$/.test(to)) return `.${to}`
  if (mention.written === 'reference') {
    const quote = text[mention.from - `block:${mention.type}/`.length - 1]
    return isQuote(quote) && to.includes(quote ?? '') ? null : to
  }
  const quote = ['"', "'"].find((each) => !to.includes(each))
  if (quote === undefined) return null
  return mention.written === 'dotted' ? `[${quote}${to}${quote}]` : `${quote}${to}${quote}`
}
