import { Composer, Lexer, Parser } from 'yaml'
import type { CST, Document } from 'yaml'
import type { Finding } from './finding.ts'

/**
 * YAML text to syntax trees, refusing what would cost too much before it costs it: the text is measured first, nesting
 * is watched while it is read, and composing stops after too many mistakes.
 */
export const yamlLimits = {
  characters: 5_000_000,
  depth: 64,
  lexemes: 1_600_000,
  /** Collections in brackets and braces. */
  brackets: 300_000,
  documents: 1_000,
  mistakes: 100,
} as const

export type YamlDocument = Document.Parsed

export type YamlSource =
  { readonly ok: true; readonly documents: readonly YamlDocument[] } | { readonly ok: false; readonly finding: Finding }

const refusal = (message: string, remedy: string, offset = 0): YamlSource => ({
  ok: false,
  finding: { path: [], at: 'value', severity: 'error', code: 'too-large', message, remedy, offset },
})

const noYaml: YamlSource = {
  ok: false,
  finding: {
    path: [],
    at: 'value',
    severity: 'error',
    code: 'yaml-syntax',
    message: `More than ${yamlLimits.mistakes} mistakes in the YAML: this is probably no YAML at all.`,
    remedy: 'Open the file and see whether it is a flow.',
    offset: 0,
  },
}

const grouped = (amount: number) => amount.toLocaleString('en-US')

/** The concrete syntax, token by token: neither Lexer nor Parser recurses, so hostile nesting only makes a stack we watch. */
const readTokens = (text: string): CST.Token[] | YamlSource => {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  let offset = 0
  let lexemes = 0
  let brackets = 0
  let documents = 0
  let mistakes = 0
  let before = ''
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token)
      if (token.type === 'document') documents += 1
      if (token.type === 'error') mistakes += 1
    }
    // The parser makes an item between any two commas, and would only complain when all is read.
    if (lexeme === ',' && before === ',') mistakes += 1
    if (lexeme > ' ') before = lexeme
    if (mistakes > yamlLimits.mistakes) return noYaml
    // Each level is at most two entries on the parser's stack: the collection and a key or value that is being read.
    if (parser.stack.length > 2 * yamlLimits.depth + 2) {
      return refusal(
        `The text is nested more than ${yamlLimits.depth} levels deep.`,
        'Flatten it; no flow needs that.',
        offset,
      )
    }
    if (lexeme === '[' || lexeme === '{') brackets += 1
    lexemes += 1
    if (lexemes > yamlLimits.lexemes || brackets > yamlLimits.brackets || documents > yamlLimits.documents) {
      return refusal('The text has too many parts to be a flow.', 'Split it into subflows.', offset)
    }
    offset += lexeme.length
  }
  tokens.push(...parser.end())
  return tokens
}

const options = { uniqueKeys: false, prettyErrors: false, resolveKnownTags: false, version: '1.2' } as const

const tooManyMistakes = new Error('too many mistakes')

const compose = (tokens: readonly CST.Token[], text: string): YamlDocument[] => {
  const composer = new Composer(options)
  // Every mistake is kept with a stack trace, and a hostile text makes millions of them.
  const keep: unknown = Reflect.get(composer, 'onError')
  let mistakes = 0
  if (typeof keep === 'function') {
    Reflect.set(composer, 'onError', (...mistake: unknown[]) => {
      mistakes += 1
      if (mistakes > yamlLimits.mistakes) throw tooManyMistakes
      Reflect.apply(keep, composer, mistake)
    })
  }
  return [...composer.compose(tokens, true, text.length)]
}

export const readYaml = (text: string): YamlSource => {
  if (text.length > yamlLimits.characters) {
    return refusal(
      `The text has ${grouped(text.length)} characters; ${grouped(yamlLimits.characters)} is the most a flow may have.`,
      'Split the flow into subflows, or keep data in files beside it.',
    )
  }
  const tokens = readTokens(text)
  if (!Array.isArray(tokens)) return tokens
  try {
    return { ok: true, documents: compose(tokens, text) }
  } catch (error) {
    if (error !== tooManyMistakes) throw error
    return noYaml
  }
}
