import { createPatternSet, joinSpans, type Span } from './pattern-set.ts'
import { withoutLineBreaks } from './secret-forms.ts'

/** Finds words also where they were wrapped, and where what is left of the wrapped lines was indented or marked. */
export type WrappedSearch = {
  /** See PatternSet. */
  add(word: string, least: number): void
  /** In order, none over a line break. */
  find(text: string): readonly Span[]
  /** Places in all lines joined without breaks: of words, also over several lines, and of the first that goes on after the end. */
  findInLines(lines: readonly string[]): { readonly spans: readonly Span[]; openEnd(): number }
  openEnd(text: string): number
}

/**
 * `shortest`: of words to find. `telltaleEnd`: so many signs at the end are taken for the beginning of a word.
 *
 * Words may hold signs that marks are made of (base64 has `+`), and then nobody can tell which is which. So where a line begins
 * with one, a second search leaves all of them out, of the text and of the words; what it finds counts only where it goes over a
 * line break.
 */
export const createWrappedSearch = (shortest: number, telltaleEnd: number): WrappedSearch => {
  const plain = createPatternSet()
  const unmarked = createPatternSet()
  const known = new Set<string>()
  const findMarked = (text: string, short = withoutMarks(text)): readonly Parts[] => {
    const spans = unmarked.find(short)
    return spans.length === 0 ? [] : placesOf(text, spans, isMark).filter((parts) => parts.length > 1)
  }
  return {
    add: (word, least) => {
      plain.add(word, least)
      const short = withoutMarks(word)
      if (short.length < shortest || known.has(short)) return
      known.add(short)
      unmarked.add(short, least)
    },
    find: (text) => {
      if (!/[\r\n]/.test(text)) return plain.find(text)
      const spans = plain.find(withoutLineBreaks(text))
      const found = spans.length === 0 ? [] : placesOf(text, spans, isLineBreak).flat()
      return markedLine.test(text) ? union(found, findMarked(text).flat()) : found
    },
    findInLines: (lines) => {
      const text = lines.join('')
      const spans = plain.find(text)
      const openEnd = () => plain.openEnd(text, telltaleEnd)
      if (!lines.some(isMarked)) return { spans, openEnd }
      const broken = lines.join('\n')
      const short = withoutMarks(broken)
      const marked = findMarked(broken, short).map(([first, ...rest]) => ({
        start: withoutBreaksBefore(broken, first.start),
        end: withoutBreaksBefore(broken, rest.at(-1)?.end ?? first.end),
      }))
      const openMarked = () => {
        const end = unmarked.openEnd(short, telltaleEnd)
        return end === short.length ? text.length : withoutBreaksBefore(broken, placeOf(broken, end))
      }
      return { spans: union(spans, marked), openEnd: () => Math.min(openEnd(), openMarked()) }
    },
    openEnd: (text) => plain.openEnd(text, telltaleEnd),
  }
}

/** Of indented text, quotations, lists, comments and differences; and what ends a line. */
const marks = new Set(Array.from('\r\n\t >|+#*-', (sign) => sign.charCodeAt(0)))
const markedLine = /[\r\n][\t >|+#*-]/

const isMarkOfAscii = Uint8Array.from({ length: 128 }, (_, code) => (marks.has(code) ? 1 : 0))
const isMark = (code: number): boolean => isMarkOfAscii[code] === 1

/** A line that goes on with what stood in the one before, perhaps. */
const isMarked = (line: string, index: number): boolean => index > 0 && isMark(line.charCodeAt(0))

const isLineBreak = (code: number): boolean => code === 10 || code === 13

/** On bytes: a regular expression takes ten times as long, and all indented lines come through here. */
const withoutMarks = (text: string): string => {
  const bytes = Buffer.from(text, 'utf16le')
  let length = 0
  for (let at = 0; at < bytes.length; at += 2) {
    const low = bytes[at] ?? 0
    const high = bytes[at + 1] ?? 0
    if (high === 0 && isMarkOfAscii[low] === 1) continue
    bytes[length] = low
    bytes[length + 1] = high
    length += 2
  }
  return length === bytes.length ? text : bytes.toString('utf16le', 0, length)
}

/** Of one word, where line breaks divide it. */
type Parts = readonly [Span, ...Span[]]

/** Spans of a text without what is overlooked as spans of the text, each in parts where line breaks lie between. */
const placesOf = (text: string, spans: readonly Span[], isOverlooked: (code: number) => boolean): readonly Parts[] => {
  const places: (readonly [Span, ...Span[]])[] = []
  let short = 0
  let next = 0
  let parts: [Span, ...Span[]] | null = null
  for (let at = 0; at < text.length && next < spans.length; at += 1) {
    if (isOverlooked(text.charCodeAt(at))) continue
    const span = spans[next]
    if (span && short >= span.start) {
      const part = { start: at, end: at + 1 }
      const last = parts?.at(-1)
      if (short === span.start || !parts || !last) places.push((parts = [part]))
      else if (last.end === at || !/[\r\n]/.test(text.slice(last.end, at))) last.end = at + 1
      else parts.push(part)
    }
    short += 1
    if (span && short >= span.end) next += 1
  }
  return places
}

/** Where the sign stands that has so many signs before it, marks not counted. */
const placeOf = (text: string, count: number): number => {
  let short = 0
  for (let at = 0; at < text.length; at += 1) {
    if (isMark(text.charCodeAt(at))) continue
    if (short === count) return at
    short += 1
  }
  return text.length
}

/** A place in lines joined with breaks as one in the same lines joined without. */
const withoutBreaksBefore = (text: string, place: number): number => withoutLineBreaks(text.slice(0, place)).length

/** In order, those that overlap as one. */
const union = (some: readonly Span[], others: readonly Span[]): readonly Span[] => {
  if (others.length === 0) return some
  const all: Span[] = []
  for (const { start, end } of [...some, ...others].toSorted((a, b) => a.start - b.start)) joinSpans(all, start, end)
  return all
}
