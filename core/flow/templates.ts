import { Context, Liquid, Tokenizer, TokenKind, Value, toValue, toValueSync } from 'liquidjs'
import type { Template as LiquidTemplate, TopLevelToken } from 'liquidjs'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { scanText, startScan, whyNotHere } from './quote-scan.ts'
import { quoted, type FieldKind } from './quoting.ts'
import { filters, isReady } from './template-filters.ts'

/** One name an expression reads, step by step; null where a step is worked out only when it runs (`tasks[x]`). */
export type Mention = readonly (string | number | null)[]

export type Template = {
  readonly mentions: readonly Mention[]
  /** Puts a value into SQL or a script without quoting it. */
  readonly raw: boolean
  /** It is one whole expression, so its value keeps its type. */
  readonly whole: boolean
  /** Throws Refused. */
  evaluate(scope: object): JsonValue
}

export type TemplateMistake = { readonly code: string; readonly message: string; readonly remedy: string }

export type CompiledTemplate =
  { readonly ok: true; readonly template: Template } | { readonly ok: false; readonly mistake: TemplateMistake }

export const holdsExpression = (text: string): boolean => text.includes('{{') || text.includes('{%')

const limits = { parseLimit: 1_000_000, renderLimit: 500, memoryLimit: 20_000_000 }
const mostExpressions = 2_000

/** Tags that reach no file and keep nothing between values. */
const tags = new Set(['assign', 'capture', 'case', 'comment', 'for', 'if', 'unless', 'raw', 'break', 'continue', '#'])

const makeEngine = (kind: FieldKind): Liquid => {
  const engine = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    lenientIf: true,
    templates: {},
    relativeReference: false,
    dynamicPartials: false,
    outputEscape: (value: unknown) => (isReady(value) ? value.ready : quoted[kind](toJson(value))),
    ...limits,
  })
  for (const tag of Object.keys(engine.tags)) if (!tags.has(tag)) delete engine.tags[tag]
  for (const name of Object.keys(engine.filters)) if (!Object.hasOwn(filters, name)) engine.unregisterFilter(name)
  for (const [name, { apply }] of Object.entries(filters)) if (apply) engine.registerFilter(name, apply(kind))
  return engine
}

const engines: Readonly<Record<FieldKind, Liquid>> = {
  text: makeEngine('text'),
  sql: makeEngine('sql'),
  googlesql: makeEngine('googlesql'),
  shell: makeEngine('shell'),
}

/** What an expression gave, as JSON. */
const toJson = (given: unknown): JsonValue => {
  const value: unknown = toValue(given)
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return value.map(toJson)
  if (isReady(value)) return value.ready
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toJson(field)]))
  throw new Refused({ code: 'invalid', message: 'The expression gives no value that JSON can hold.' })
}

const asRefused = (error: unknown): Refused => {
  const cause = error instanceof Error && 'originalError' in error ? error.originalError : error
  if (cause instanceof Refused) return cause
  const text = cause instanceof Error ? cause.message.replace(/, line:\d+, col:\d+$/, '') : String(cause)
  const limit = /limit exceeded/.test(text) || cause instanceof RangeError
  const message = limit
    ? 'The expression takes too long or makes too much.'
    : text.replace('undefined variable:', 'There is no')
  return new Refused({ code: limit ? 'limit' : 'invalid', message }, { cause: error })
}

const evaluateWhole = (content: string, engine: Liquid) => (scope: object) => {
  const context = new Context(scope, engine.options, { sync: true })
  return toJson(toValueSync(new Value(content, engine).value(context)))
}

const evaluator = (text: string, kind: FieldKind, parsed: LiquidTemplate[]): Pick<Template, 'whole' | 'evaluate'> => {
  const engine = engines[kind]
  const only = parsed.length === 1 ? parsed[0] : undefined
  const whole = kind === 'text' && only?.token.kind === TokenKind.Output
  const content = whole ? new Tokenizer(text).readTopLevelTokens()[0] : undefined
  const work =
    content !== undefined && 'content' in content
      ? evaluateWhole(content.content, engine)
      : (scope: object): JsonValue => String(engine.renderSync(parsed, scope))
  return {
    whole,
    evaluate: (scope) => {
      try {
        return work(scope)
      } catch (error) {
        throw asRefused(error)
      }
    },
  }
}

const contentOf = (token: TopLevelToken): string => ('content' in token ? token.content : '')

const operators = engines.text.options.operators

/** Liquid passes over what it cannot read (`{{ a b }}`, `{{ x, y }}`); we do not. */
const leftOver = (content: string): string | null => {
  const tokenizer = new Tokenizer(content, operators)
  let expected: 'operand' | 'operator' = 'operand'
  for (const token of tokenizer.readExpressionTokens()) {
    const operator = token.kind === TokenKind.Operator
    const text = token.getText()
    if (operator && text.trim() === 'not') continue
    if (operator !== (expected === 'operator')) return text
    expected = operator ? 'operand' : 'operator'
  }
  tokenizer.readFilters()
  tokenizer.skipBlank()
  return tokenizer.end() ? null : tokenizer.remaining()
}

type Scanned = { readonly raw: boolean; readonly mistake: TemplateMistake | null }

/** Looks at each expression in the text around it. */
const scanTokens = (tokens: readonly TopLevelToken[], kind: FieldKind): Scanned => {
  let scan = startScan
  let raw = false
  for (const token of tokens) {
    if (token.kind === TokenKind.HTML && kind !== 'text') scan = scanText(scan, token.getText(), kind)
    if (token.kind !== TokenKind.Output) continue
    const content = contentOf(token)
    const rest = leftOver(content)
    if (rest !== null) return { raw, mistake: badExpression(content, `“${rest.trim()}” does not belong there`) }
    const isRaw = new Value(content, engines[kind]).filters.at(-1)?.name === 'raw'
    raw ||= isRaw && kind !== 'text'
    const why = kind === 'text' || isRaw ? null : whyNotHere(scan, kind)
    if (why !== null) return { raw, mistake: quotedAlready(content.trim(), kind, why) }
  }
  return { raw, mistake: null }
}

const badExpression = (text: string, why: string): TemplateMistake => ({
  code: 'bad-expression',
  message: `The expression “${text.trim()}” cannot be read: ${why}.`,
  remedy: 'Write a name and filters, for example {{ month | pad: 2 }}; sums are filters too: {{ n | plus: 1 }}.',
})

const quotedAlready = (content: string, kind: FieldKind, why: string): TemplateMistake => ({
  code: 'quoted-expression',
  message: `“{{ ${content} }}” becomes a quoted ${kind === 'shell' ? 'word' : 'SQL literal'} by itself, and that does not hold here: ${why}.`,
  remedy: `Take away what stands round it. Texts are joined within: {{ ${content} | prepend: "a" | append: "b" }}.`,
})

const explainParseError = (error: unknown, text: string): TemplateMistake => {
  const { message } = asRefused(error)
  const filter = /^undefined filter: (.*)$/.exec(message)?.[1]
  if (filter !== undefined) {
    const remedy = didYouMean(filter, Object.keys(filters))
    return { code: 'unknown-filter', message: `There is no filter “${filter}”.`, remedy }
  }
  const tag = /^tag "(.*)" not found$/.exec(message)?.[1]
  if (tag !== undefined) {
    const remedy = didYouMean(tag, tags)
    return { code: 'unknown-tag', message: `There is no tag “{% ${tag} %}”.`, remedy }
  }
  const shortened = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return badExpression(shortened, /not closed/.test(message) ? 'it is not closed' : message.replace(/\.$/, ''))
}

const compile = (text: string, kind: FieldKind): CompiledTemplate => {
  const engine = engines[kind]
  const opened = text.split('{{', mostExpressions + 2).length - 1 + (text.split('{%', mostExpressions + 2).length - 1)
  if (opened > mostExpressions) {
    const message = `The text has more than ${mostExpressions} expressions.`
    return { ok: false, mistake: { code: 'too-large', message, remedy: 'Split it, or keep it in a file.' } }
  }
  const parsed = engine.parse(text)
  const { raw, mistake } = scanTokens(new Tokenizer(text).readTopLevelTokens(engine.options), kind)
  if (mistake !== null) return { ok: false, mistake }
  const { globals } = engine.analyzeSync(parsed, { partials: false })
  const mentions = Object.values(globals).flatMap((variables) =>
    variables.map(({ segments }) => segments.map((segment) => (typeof segment === 'object' ? null : segment))),
  )
  return { ok: true, template: { mentions, raw, ...evaluator(text, kind, parsed) } }
}

/** Checks a text with expressions. In SQL and shell fields each is quoted; elsewhere a whole expression keeps its type. */
export const compileTemplate = (text: string, kind: FieldKind): CompiledTemplate => {
  try {
    const blanksAround = kind === 'text' && /^\s*\{\{.*\}\}\s*$/s.test(text) && text !== text.trim()
    const alone = blanksAround ? compile(text.trim(), kind) : null
    return alone?.ok && alone.template.whole ? alone : compile(text, kind)
  } catch (error) {
    return { ok: false, mistake: explainParseError(error, text) }
  }
}
