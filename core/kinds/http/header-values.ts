import type { z } from 'zod'
import { parseBlockReference } from '#core/model/block-reference.ts'
import { Refused } from '#core/model/failure.ts'
import type { Headers } from './http.ts'
import { plainSecretHeaders } from './plain-secrets.ts'

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** What people are told of headers whose values may be secret. */
export const headersHelp =
  'A value that is a block is the secret of that block: X-Api-Key: block:secret/key. Others are shown.'

/** For `superRefine` of the settings of a block, which everybody sees and which are exported. */
export const checkHeaders = ({ headers }: { readonly headers: Headers }, context: z.core.$RefinementCtx): void => {
  for (const name of plainSecretHeaders(headers)) {
    const message = `Its value is secret, and settings are shown. Keep the whole value in a block and name that: ${name}: block:secret/x`
    context.addIssue({ code: 'custom', path: ['headers', name], message, input: name })
  }
}

/** With the values of those that name a block, and which these are. */
export const headerValues = async (
  headers: Headers,
  secret: (reference: string) => Promise<string>,
): Promise<{ readonly headers: Headers; readonly secrets: readonly string[] }> => {
  const values: Record<string, string> = {}
  const secrets: string[] = []
  for (const [name, text] of Object.entries(headers)) {
    if (!headerName.test(name)) throw unusable(name, 'is no name of a header')
    const reference = parseBlockReference(text)
    const value = reference ? (await secret(text)).trim() : text
    if (reference) secrets.push(value)
    // oxlint-disable-next-line no-control-regex -- a line break would begin another header
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
      throw unusable(name, 'holds a line break or another character that no header may')
    values[name] = value
  }
  return { headers: values, secrets }
}

const unusable = (name: string, why: string): Refused =>
  new Refused({ code: 'invalid', message: `The header “${name}” ${why}. Correct it.` })
