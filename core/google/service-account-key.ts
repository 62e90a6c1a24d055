import { createPrivateKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { SecretFacts } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import { explainOtherJson, explainOtherText, fetchKey } from './other-files.ts'

/** What a key file of a service account holds and we use. */
export type ServiceAccountKey = {
  readonly project: string
  readonly email: string
  readonly keyId: string
  /** PEM. */
  readonly privateKey: string
  /** `googleapis.com`, unless the account is of another cloud run by Google. */
  readonly universe: string
}

const KeyFile = z.object({
  type: z.literal('service_account'),
  project_id: z.string().min(1),
  private_key_id: z.string().min(1),
  private_key: z.string().min(1),
  client_email: z.string().regex(/^[^\s@]+@[^\s@]+$/),
  universe_domain: z.string().min(1).default('googleapis.com'),
})

/** Throws Refused that says what the text is instead, and where to get a key. Never quotes what it read. */
export const parseServiceAccountKey = (text: string): ServiceAccountKey => {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  const json = parseJson(trimmed)
  if (json === undefined) throw refuse(explainOtherText(trimmed))
  const other = explainOtherJson(json)
  if (other !== null) throw refuse(other)
  const parsed = KeyFile.safeParse(json)
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))]
    throw refuse(`This key file of a service account is incomplete: ${fields.join(', ')} missing or wrong.`)
  }
  const { project_id, private_key_id, private_key, client_email, universe_domain } = parsed.data
  return {
    project: project_id,
    email: client_email,
    keyId: private_key_id,
    privateKey: readable(private_key),
    universe: universe_domain,
  }
}

export const factsOfKey = (text: string): SecretFacts => {
  const { project, email, keyId } = parseServiceAccountKey(text)
  // A key file does not say when its key ends; most never do.
  return { shown: { Project: project, Account: email, 'Key id': keyId }, expiresAt: null }
}

const refuse = (what: string): Refused => new Refused({ code: 'invalid', message: `${what} ${fetchKey}` })

/** The parser's own message would quote the text. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Files that went through an environment variable have `\n` spelled out. */
const readable = (given: string): string => {
  const pem = given.replaceAll('\\n', '\n')
  const key = privateKeyOf(pem)
  if (key === null) {
    throw refuse(
      'This is a key file of a service account, but its private_key cannot be read: it was edited, cut or replaced by a placeholder.',
    )
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw refuse(`The private_key in this file is not an RSA key but ${key.asymmetricKeyType ?? 'of another kind'}.`)
  return pem
}

const privateKeyOf = (pem: string): KeyObject | null => {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}
