import { isUtf8 } from 'node:buffer'
import { basename } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import { contentOf, type Compression } from './content.ts'
import { fromLatin1, recordReader } from './csv-records.ts'

/** Lines with their numbers, in batches; the text holds the bytes as Latin-1. */
export async function* linesOf(path: string, compression: Compression, signal: AbortSignal) {
  const reader = recordReader('', '')
  for await (const chunk of contentOf(path, compression, signal)) yield reader.take(chunk.toString('latin1'))
  yield reader.end()
}

/** What is wrong with a line that should be one JSON object, or null. `bytes` are as Latin-1. */
export const jsonProblem = (bytes: string): string | null => {
  const written = fromLatin1(bytes).trim()
  if (written === '') return null
  if (!isUtf8(Buffer.from(bytes, 'latin1'))) return 'the text is not UTF-8'
  try {
    const value: unknown = JSON.parse(written)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the row is no JSON object'
    const hasHalves = /\\u[dD][89a-fA-F]/.test(written) && /\\ud[89a-f]/.test(JSON.stringify(value))
    return hasHalves ? 'the JSON holds half a character' : null
  } catch {
    return 'the JSON is broken'
  }
}

/** The first line of a file that is no JSON object: DuckDB's own count is now and then one too many. */
export const badLine = async (path: string, compression: Compression, signal: AbortSignal): Promise<Refused | null> => {
  for await (const lines of linesOf(path, compression, signal)) {
    for (const { line, text } of lines) {
      const problem = jsonProblem(text)
      if (problem === null) continue
      const message = `${basename(path)}, line ${line}: ${problem}. Each line must hold one whole JSON object.`
      return new Refused({ code: 'data', message })
    }
  }
  return null
}
