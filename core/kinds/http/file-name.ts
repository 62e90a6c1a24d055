const longest = 180

// What a shell, Windows or a path would read as something else.
// oxlint-disable-next-line no-control-regex
const unsafe = /[<>:"|?*\u0000-\u001f\u007f]/g
const reservedOnWindows = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** A plain file name: no folders, nothing hidden, nothing a platform refuses; null when nothing is left. */
export const safeFileName = (text: string): string | null => {
  const last = text.split(/[/\\]/).at(-1) ?? ''
  const name = last
    .replace(unsafe, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '')
  if (name === '') return null
  const free = reservedOnWindows.test(name) ? `_${name}` : name
  return shorten(free)
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** Cuts in the middle, so that the endings that say what it is stay. */
const shorten = (name: string): string => {
  if (bytesOf(name) <= longest) return name
  const ending = /(\.[A-Za-z0-9]{1,10}){1,2}$/.exec(name)?.[0] ?? ''
  let stem = name.slice(0, name.length - ending.length)
  while (bytesOf(stem + ending) > longest) stem = Array.from(stem).slice(0, -1).join('')
  return stem + ending
}

/** The name a server gives in Content-Disposition: `filename*` (RFC 5987) before `filename`. */
export const nameOfDisposition = (header: string | undefined): string | null => {
  if (header === undefined) return null
  const extended = /;\s*filename\*\s*=\s*([\w-]*)'[^']*'([^;\s]+)/i.exec(header)
  if (extended) {
    const name = decodeName(extended[2] ?? '', extended[1]?.toLowerCase() === 'iso-8859-1')
    if (name !== null) return safeFileName(name)
  }
  const plain = /;\s*filename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]+))/i.exec(header)
  if (!plain) return null
  // Headers are read as Latin-1; most servers send UTF-8.
  const text = (plain[1]?.replace(/\\(.)/g, '$1') ?? plain[2] ?? '').trim()
  return safeFileName(utf8OfLatin1(text))
}

export const nameOfUrl = (url: URL): string | null => {
  const last = url.pathname.split('/').at(-1) ?? ''
  return safeFileName(decodeName(last, false) ?? last)
}

const decodeName = (text: string, latin1: boolean): string | null => {
  if (latin1) return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const utf8OfLatin1 = (text: string): string => {
  const decoded = new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)))
  return decoded.includes('\ufffd') ? text : decoded
}

/** A name whose ending agrees with the content: `.gz` exactly when it is gzip. */
export const nameByContent = (name: string, isGzip: boolean): string => {
  const saysGzip = /\.(gz|tgz|gzip)$/i.test(name)
  if (isGzip === saysGzip) return name
  return isGzip ? `${name}.gz` : name.replace(/\.gz(ip)?$/i, '').replace(/\.tgz$/i, '.tar')
}
