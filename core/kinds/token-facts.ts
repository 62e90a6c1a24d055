import type { SecretFacts } from '#core/model/block.ts'

/** Of a token that may be a JSON Web Token: until when it says that it is valid. Nothing of it is shown. */
export const factsOfToken = (token: string): SecretFacts => ({ shown: {}, expiresAt: expiryOfToken(token) })

const threeParts = /^[\w-]+\.([\w-]+)\.[\w-]*$/

/** Milliseconds since 1970; null where it does not say. */
const expiryOfToken = (token: string): number | null => {
  const [, claims] = threeParts.exec(token.trim()) ?? []
  const expiry = claims === undefined ? undefined : claimsOf(claims)['exp']
  return typeof expiry === 'number' && Number.isFinite(expiry) ? expiry * 1000 : null
}

const claimsOf = (part: string): Readonly<Record<string, unknown>> => {
  try {
    const claims: unknown = JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    return {}
  }
}
