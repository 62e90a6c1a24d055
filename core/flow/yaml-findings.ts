import { isCollection, isScalar, visit, type YAMLError } from 'yaml'
import type { Finding } from './finding.ts'
import type { YamlDocument } from './yaml-source.ts'

const remedies: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Bring the line to the same indentation as its neighbours.',
  BLOCK_IN_FLOW: 'Write it within the brackets, or take the brackets away.',
  MISSING_CHAR: 'Look for a quote or bracket that is not closed, or a “:” without a blank after it.',
  BAD_SCALAR_START: 'Put the text in quotes.',
  BAD_DQ_ESCAPE: 'Write “\\\\” for a backslash, or use single quotes.',
  MULTILINE_IMPLICIT_KEY: 'Look for a “:” that is missing, or a quote that is not closed.',
  UNEXPECTED_TOKEN: 'Look for a quote or bracket that does not belong, here or just before.',
  RESOURCE_EXHAUSTION: 'Flatten it.',
}

const firstSentence = (message: string): string => {
  const [line = message] = message.split('\n')
  return /[.!?]$/.test(line) ? line : `${line}.`
}

/** Where the quoted text or the outermost bracket begins that is still open at a place. */
const openAt = (document: YamlDocument, offset: number, what: 'quote' | 'bracket'): number => {
  let start: number | null = null
  visit(document, {
    Node: (_, node) => {
      const [begin, , end] = node.range ?? [0, 0, 0]
      const open = what === 'quote' ? isScalar(node) : isCollection(node) && node.flow === true
      if (open && begin < offset && end >= offset && (start === null || what === 'quote')) start = begin
    },
  })
  return start ?? offset
}

type SyntaxMistake = {
  readonly code: string
  readonly offset: number
  readonly message: string
  readonly remedy: string
}

/** What is never closed is noticed at its end, often the end of the text; the user looks for its beginning. */
const unclosed = (document: YamlDocument, error: YAMLError): SyntaxMistake | null => {
  const bracket = /end with a [\]}]/.test(error.message) ? 'bracket' : null
  const what = error.message.startsWith('Missing closing') ? 'quote' : bracket
  if (what === null) return null
  const message = `A ${what} is opened here and not closed.`
  return { code: 'yaml-syntax', offset: openAt(document, error.pos[0], what), message, remedy: `Close the ${what}.` }
}

const mistakeOf = (document: YamlDocument, error: YAMLError): SyntaxMistake =>
  unclosed(document, error) ?? {
    code: 'yaml-syntax',
    offset: error.pos[0],
    message: firstSentence(error.message),
    remedy: remedies[error.code] ?? 'Look at this place and the line before.',
  }

/** One mistake often upsets the parser several times in a row: what follows on the same or the next line is left out. */
const nearby = 120

/** Mistakes of syntax, and tags, which a flow has no use for. */
export const yamlFindings = (document: YamlDocument): readonly Finding[] => {
  const tags = document.warnings.map((warning): SyntaxMistake => {
    const message = firstSentence(warning.message)
    return { code: 'unknown-tag', offset: warning.pos[0], message, remedy: 'Write the value without a tag.' }
  })
  const kept: SyntaxMistake[] = []
  let last = -Infinity
  for (const error of document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    if (error.pos[0] - last > nearby) kept.push(mistakeOf(document, error))
    last = error.pos[0]
  }
  const newest = document.directives.yaml.version === '1.2'
  const version = {
    code: 'yaml-version',
    offset: 0,
    message: 'A flow is YAML 1.2.',
    remedy: 'Delete the line “%YAML”.',
  }
  const all: readonly SyntaxMistake[] = [...(newest ? [] : [version]), ...kept, ...tags]
  return all.map((mistake) => ({ ...mistake, path: [], at: 'value', severity: 'error' }))
}
