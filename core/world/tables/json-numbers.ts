import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { wholeContentOf, type Compression } from './content.ts'
import { text } from './sql.ts'

/**
 * DuckDB reads a JSON number with a fraction as a double, whatever it is asked for, and so rounds one of more digits.
 * A file that has such numbers is copied with them as texts that begin with a mark, which is taken off in SQL.
 */
const mark = 'millrace-number:'

/** More digits than a double surely keeps, with a point among or before them. */
const isLong = (number: string): boolean => number.includes('.') && number.replaceAll(/\D/g, '').length > 15

/** For RE2, over a whole object. It may find digits in a text as well: then a file is copied in vain. */
export const longNumberPattern = Array.from(
  { length: 15 },
  (_, before) => `[0-9]{${before + 1}}\\.[0-9]{${15 - before}}`,
).join('|')

/** SQL of a value, as text or as JSON, without the mark. */
export const withoutMarks = (value: string, type: string): string =>
  type === 'JSON'
    ? `CAST(regexp_replace(CAST(${value} AS VARCHAR), ${text(`"${mark}([^"]*)"`)}, '\\1', 'g') AS JSON)`
    : `CAST(replace(${value}, ${text(mark)}, '') AS ${type})`

export const unmarked = (json: string): string => json.replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1')

type Copy = { readonly compression: Compression; readonly copy: string; readonly signal: AbortSignal }

export const copyWithMarks = async (path: string, { compression, copy, signal }: Copy): Promise<void> => {
  const marking = markNumbers()
  async function* content() {
    for await (const chunk of wholeContentOf(path, compression, signal)) {
      yield Buffer.from(marking.take(chunk.toString('latin1')), 'latin1')
    }
    yield Buffer.from(marking.end(), 'latin1')
  }
  await pipeline(Readable.from(content()), createWriteStream(copy), { signal })
}

/** Works on pieces of text: what stands at the end of one may go on in the next. */
export const markNumbers = () => {
  let waiting = ''
  const take = (chunk: string): string => {
    const json = waiting + chunk
    let made = ''
    let done = 0
    token.lastIndex = 0
    for (let found = token.exec(json); found; found = token.exec(json)) {
      const [whole] = found
      if (token.lastIndex === json.length) {
        waiting = json.slice(found.index)
        return made + json.slice(done, found.index)
      }
      if (whole.startsWith('"') || !isLong(whole)) continue
      made += `${json.slice(done, found.index)}"${mark}${whole}"`
      done = token.lastIndex
    }
    waiting = ''
    return made + json.slice(done)
  }
  const end = (): string => {
    const rest = waiting
    waiting = ''
    return rest
  }
  return { take, end }
}

/** A text, perhaps without its end, or a number. */
const token = /"(?:[^"\\]|\\[^])*(?:"|\\?$)|-?\d[\d.eE+-]*|-$/g
