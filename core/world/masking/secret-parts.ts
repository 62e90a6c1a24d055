/** Within a secret that is a document or an address, what is secret by itself: it is printed alone as well. */
export const secretParts = (value: string): readonly string[] => [...partsOfJson(value), ...partsOfUrl(value)]

export const isJsonDocument = (value: string): boolean => parsed(value) !== null

/** `private_key` and `client_secret`, and not `private_key_id` or `token_uri`, which are shown to people. */
const secretKey = /key|secret|token|password|passphrase|credential|signature/i
const publicKey = /_(id|uri|url|type)$|public/i

/** Numbers and `true` say nothing; a shorter text may be a plain word. */
const shortestPart = 6

const parsed = (value: string): object | null => {
  if (!/^\s*[{[]/.test(value)) return null
  try {
    const json: unknown = JSON.parse(value)
    return typeof json === 'object' ? json : null
  } catch {
    return null
  }
}

const partsOfJson = (value: string): string[] => {
  const parts: string[] = []
  const collect = (of: unknown, isSecret: boolean): void => {
    if (typeof of === 'string') {
      if (isSecret && of.trim().length >= shortestPart) parts.push(of)
    } else if (typeof of === 'object' && of !== null) {
      for (const [key, item] of Object.entries(of))
        collect(item, Array.isArray(of) ? isSecret : isSecret || (secretKey.test(key) && !publicKey.test(key)))
    }
  }
  collect(parsed(value), false)
  return parts
}

/** So long is no path that many addresses share. */
const shortestPath = 16
/** So long is no word. */
const shortestSegment = 20

/** Who signs in with what; where a webhook leads; and the tokens in its path and its query. */
const partsOfUrl = (value: string): string[] => {
  const text = value.trim()
  if (!/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text) || !URL.canParse(text)) return []
  const { password, pathname, search, searchParams } = new URL(text)
  const path = `${pathname}${search}`
  const segments = pathname.split('/').filter((segment) => segment.length >= shortestSegment)
  const query = [...searchParams.values()].filter((one) => one.length >= shortestPart && /\d/.test(one))
  return [
    ...(password === '' ? [] : [decoded(password)]),
    ...(path.length >= shortestPath ? [path] : []),
    ...segments.map(decoded),
    ...query,
  ].filter((part) => part.length >= shortestPart)
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
