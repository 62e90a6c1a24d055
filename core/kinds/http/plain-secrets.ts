import { parseBlockReference } from '#core/model/block-reference.ts'

/** `scheme://user:password@host`, and what precedes the host of a web address alone, which is a token more often than a name. */
const signIns = [
  // A host with a port before an @ in the path is none.
  /^\s*[a-z][\w+.-]*:\/\/[^\s@/]*:(?!\d+[/?#])[^\s@]*@/i,
  /^\s*https?:\/\/[^\s@/?#]+@/i,
  /^\s*(?!mailto:)[^\s@/:]+:(?!\/\/)[^\s@]+@[\w.-]+([:/]|$)/i,
]

/** Whether a text that is shown to everybody holds what somebody signs in with, as an address may. */
export const holdsSignIn = (text: string): boolean => signIns.some((pattern) => pattern.test(text))

const secretHeader =
  /^((proxy-)?authorization|cookie|(x-)?((api|access|auth|private|secret)[-_]?(key|token)|token|api-?key)|x-vault-token)$/i

/** Of headers whose values are shown: the names of those that sign in. */
export const plainSecretHeaders = (headers: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(headers)
    .filter(([name, value]) => secretHeader.test(name.trim()) && isPlain(value))
    .map(([name]) => name)

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && parseBlockReference(value) === null
