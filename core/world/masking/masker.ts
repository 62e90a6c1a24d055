import { shortestSecret } from '#core/model/secrets.ts'
import type { Span } from './pattern-set.ts'
import { secretForms } from './secret-forms.ts'
import { createWrappedSearch, type WrappedSearch } from './wrapped-search.ts'

/** What a secret is shown as, always. */
export const mask = '********'

/** So many characters of a secret at the end of a line are taken for its beginning, when lines are masked one after another. */
const telltaleEnd = 4

export type Masker = {
  /** The value and all forms it may be printed in. False when it is too short to be masked. */
  add(value: string): boolean
  /** With every form of every secret replaced, also when line breaks were put into it. */
  mask(text: string): string
  /** The same for lines of one text; the same array when nothing had to be masked. */
  maskLines(lines: readonly string[]): readonly string[]
  /** The same object when nothing in it had to be masked. */
  maskJson<T>(value: T): T
  /** Like mask; also covers the beginning of a secret at the very end, where a text is cut. */
  maskCut(text: string): string
  /** For the lines of one stream: a secret that goes on in the next line is found too. */
  lines(): LineMasker
}

export type LineMasker = {
  /** Takes complete lines; gives back masked ones, in order. A line that may end in the middle of a secret waits for the next. */
  write(lines: readonly string[]): readonly string[]
  /** The lines that waited. */
  end(): readonly string[]
}

export const createMasker = (): Masker => {
  const search = createWrappedSearch(shortestSecret, telltaleEnd)
  const values = new Set<string>()
  const forms = new Set<string>()
  const maskText = (text: string): string => replace(text, search.find(text))
  return {
    add: (value) => {
      if (value.trim().length < shortestSecret) return false
      if (values.has(value)) return true
      values.add(value)
      for (const [form, telltale] of secretForms(value, shortestSecret)) {
        if (forms.has(form)) continue
        forms.add(form)
        search.add(form, telltale)
      }
      return true
    },
    mask: maskText,
    maskLines: (lines) =>
      search.findInLines(lines).spans.length === 0 ? lines : maskText(lines.join('\n')).split('\n'),
    maskJson: (value) => (values.size === 0 ? value : maskWithin(value, maskText)),
    maskCut: (text) => {
      const end = search.openEnd(text)
      return end === text.length ? maskText(text) : maskText(text.slice(0, end)) + mask
    },
    lines: () => lineMasker(search, maskText),
  }
}

const lineMasker = (search: WrappedSearch, maskText: (text: string) => string): LineMasker => {
  let waiting: readonly string[] = []
  const masked = (lines: readonly string[], anyFound: boolean) =>
    anyFound ? maskText(lines.join('\n')).split('\n') : lines
  return {
    write: (lines) => {
      const all = waiting.length === 0 ? lines : [...waiting, ...lines]
      const { spans, openEnd } = search.findInLines(all)
      const ready = linesBefore(all, openEnd(), spans)
      waiting = all.slice(ready)
      return masked(all.slice(0, ready), ready > 0 && spans.length > 0)
    },
    end: () => {
      const rest = waiting
      waiting = []
      return rest.length === 0 ? rest : masked(rest, true)
    },
  }
}

/** How many lines end before `border`, a place in all lines joined, and before every span that reaches beyond them. */
const linesBefore = (lines: readonly string[], border: number, spans: readonly Span[]): number => {
  let count = lines.length
  let end = lines.reduce((sum, line) => sum + line.length, 0)
  let limit = border
  while (count > 0 && end > limit) {
    count -= 1
    end -= lines[count]?.length ?? 0
    const cut = spans.find((span) => span.start < end && span.end > end)
    if (cut) limit = Math.min(limit, cut.start)
  }
  return count
}

const replace = (text: string, spans: readonly Span[]): string => {
  if (spans.length === 0) return text
  let masked = ''
  let from = 0
  for (const { start, end } of spans) {
    masked += text.slice(from, start) + mask
    from = end
  }
  return masked + text.slice(from)
}

const maskWithin = <T>(value: T, maskText: (text: string) => string): T => {
  const masked = maskUnknown(value, maskText)
  return masked as T
}

const maskUnknown = (value: unknown, maskText: (text: string) => string): unknown => {
  if (typeof value === 'string') return maskText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => maskUnknown(item, maskText))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  const entries = Object.entries(value).map(
    ([key, item]) => [maskText(key), maskUnknown(item, maskText), key, item] as const,
  )
  const same = entries.every(([key, item, oldKey, oldItem]) => key === oldKey && item === oldItem)
  return same ? value : Object.fromEntries(entries.map(([key, item]) => [key, item]))
}
