import type { HttpAnswer } from './http.ts'

/** As many bytes of an answer as `limit` allows, and whether there were more. The rest is not taken. */
export const readBody = async (
  { body, close }: Pick<HttpAnswer, 'body' | 'close'>,
  limit: number,
): Promise<{ readonly bytes: Uint8Array; readonly more: boolean }> => {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunks of body) {
      for (const chunk of chunks) {
        parts.push(chunk)
        length += chunk.length
      }
      if (length > limit) break
    }
  } finally {
    close()
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return { bytes: bytes.subarray(0, limit), more: length > limit }
}

/** For people: what a server says with an error, on one line and without what is too long. */
export const beginningOf = async (answer: Pick<HttpAnswer, 'body' | 'close'>, most = 500): Promise<string> => {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunks of answer.body) {
      parts.push(...chunks)
      length += chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      if (length > most * 4) break
    }
  } catch {
    // What came before the break is enough.
  } finally {
    answer.close()
  }
  const decoder = new TextDecoder()
  const text = parts.map((part) => decoder.decode(part, { stream: true })).join('')
  return cutText(text.replace(/\s+/g, ' ').trim(), most)
}

/** Never in the middle of a word: half of a secret is not known as one, and would be shown. */
export const cutText = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most).replace(/[\w+/=.~%-]*$/, '')}…`
