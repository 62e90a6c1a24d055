import { GoogleError } from './errors.ts'

/** `text` is the source, except of texts and names in backticks, where it is what they hold. */
export type Token = {
  readonly kind: 'space' | 'text' | 'bytes' | 'name' | 'word' | 'number' | 'parameter' | 'symbol'
  readonly text: string
}

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', /(?:\s+|--[^\n]*|#[^\n]*|\/\*[^]*?\*\/)/y],
  [
    'text',
    /[rRbB]{0,2}(?:'''(?:\\[^]|[^\\])*?'''|"""(?:\\[^]|[^\\])*?"""|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*")/y,
  ],
  ['name', /`(?:\\[^]|[^`\\])+`/y],
  ['parameter', /@@?[A-Za-z_]\w*/y],
  ['word', /[A-Za-z_]\w*/y],
  ['number', /\d+(?:\.\d*)?(?:[eE][+-]?\d+)?/y],
  ['symbol', /\|\||[<>!]=|<>|[^]/y],
]

const tokenAt = (sql: string, at: number): { readonly token: Token; readonly end: number } => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const [found] = pattern.exec(sql) ?? []
    if (found === undefined || found === '') continue
    if (kind === 'symbol' && /['"`]/.test(found))
      throw new GoogleError(400, 'invalidQuery', `Syntax error: Unclosed string literal at [1:${at + 1}]`)
    const text = kind === 'text' ? unquoted(found) : kind === 'name' ? found.slice(1, -1) : found
    return { token: { kind: kind === 'text' && /^r?b/i.test(found) ? 'bytes' : kind, text }, end: at + found.length }
  }
  throw new Error('The patterns take everything.')
}

export const tokensOf = (sql: string): readonly Token[] => {
  const tokens: Token[] = []
  for (let at = 0; at < sql.length;) {
    const { token, end } = tokenAt(sql, at)
    tokens.push(token)
    at = end
  }
  return tokens
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', a: '\x07', v: '\v' }

/** What a literal of GoogleSQL holds. */
const unquoted = (literal: string): string => {
  const [, prefix = '', quote = ''] = /^([rRbB]{0,2})('''|"""|'|")/.exec(literal) ?? []
  const inner = literal.slice(prefix.length + quote.length, -quote.length)
  if (/r/i.test(prefix)) return inner
  return inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]))/g,
    (escaped: string, ...found: readonly (string | undefined)[]) => {
      const [hex, short, long, octal, one] = found
      const code = hex ?? short ?? long
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
      return escapes[one ?? ''] ?? one ?? escaped
    },
  )
}
