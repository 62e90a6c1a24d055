import type { CST, ParsedNode } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { YAMLMap, YAMLSeq } from 'yaml'
import { yamlLimits } from '#core/flow/yaml-source.ts'
import { Refused } from '#core/model/failure.ts'

/** A text and its syntax tree. */
export type Syntax = { readonly text: string; readonly root: ParsedNode | null; readonly isStream: boolean }

export type MapNode = YAMLMap.Parsed
export type ListNode = YAMLSeq.Parsed
export type Entry = MapNode['items'][number]
export type Token = CST.Token
export type ItemToken = CST.CollectionItem

export const parseSyntax = (text: string): Syntax => {
  if (text.length > yamlLimits.characters) {
    throw new Refused({ code: 'limit', message: 'The text is too large to be a flow. Split it into subflows.' })
  }
  const document = parseDocument(text, {
    keepSourceTokens: true,
    resolveKnownTags: false,
    version: '1.2',
    prettyErrors: false,
    // Checked only along the path of the edit: the check of the whole document takes quadratic time.
    uniqueKeys: false,
    logLevel: 'silent',
  })
  const error = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS')
  if (error) {
    const line = text.slice(0, error.pos[0]).split('\n').length
    throw new Refused({
      code: 'invalid',
      message: `The YAML has a mistake on line ${line}: ${error.message}. Correct it in the YAML editor first.`,
    })
  }
  if (document.directives.yaml.explicit && document.directives.yaml.version !== '1.2') {
    throw unsafe('The text declares another version of YAML than 1.2, in which values read differently.')
  }
  if (/^\uFEFF[ \t]/.test(text)) throw unsafe('The text begins with a byte order mark and a space.')
  const root: ParsedNode | null = document.contents
  return { text, root, isStream: document.errors.length > 0 }
}

export const unsafe = (what: string): Refused =>
  new Refused({ code: 'invalid', message: `${what} This cannot be edited safely here: change it in the YAML editor.` })

export const isMapNode = (node: unknown): node is MapNode => isMap(node)
export const isListNode = (node: unknown): node is ListNode => isSeq(node)
export const isScalarNode = (node: unknown): node is Extract<ParsedNode, { value: unknown }> => isScalar(node)
export const isAliasNode = (node: unknown): node is Extract<ParsedNode, { source: string; range: unknown }> =>
  isAlias(node)

/** A key as readFlow reads it, or null when it is a collection. */
export const keyOf = (key: ParsedNode | null): string | null => {
  if (key === null) return 'null'
  if (!isScalarNode(key)) return null
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}

export const isMergeEntry = ({ key }: Entry): boolean => isScalarNode(key) && key.type === 'PLAIN' && key.value === '<<'

export const lineStart = (text: string, offset: number): number => {
  if (offset <= 0) return 0
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start
}

/** Where the line ends: before its line break, or at the end of the text. */
export const lineEnd = (text: string, offset: number): number => {
  const newline = text.indexOf('\n', offset)
  if (newline === -1) return text.length
  return newline > offset && text[newline - 1] === '\r' ? newline - 1 : newline
}

/** Where the next line begins, or the end of the text. */
export const nextLine = (text: string, offset: number): number => {
  const newline = text.indexOf('\n', offset)
  return newline === -1 ? text.length : newline + 1
}

/** Where the line before the one of `offset` ends. */
export const previousLineEnd = (text: string, offset: number): number => {
  const newline = lineStart(text, offset) - 1
  return text[newline - 1] === '\r' ? newline - 1 : newline
}

export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset)

export const startsLine = (text: string, offset: number): boolean =>
  /^[ \t]*$/.test(text.slice(lineStart(text, offset), offset))

/** The line break used around an offset. */
export const lineBreakAt = (text: string, offset: number): string => {
  const next = text.indexOf('\n', offset)
  const newline = next === -1 ? text.lastIndexOf('\n') : next
  return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n'
}
