import { isJsonDocument, secretParts } from './secret-parts.ts'

/**
 * The forms in which a secret value is printed by the programs that get it: as it is, URL-encoded, base64, hexadecimal,
 * and escaped for JSON, SQL or a shell. Without line breaks, which the masker overlooks in the text too, so that wrapped forms are
 * found. Forms too short to search for are left out. Each with the number of its first characters that tell it: a text may
 * be cut anywhere in it, and only a document, an address or a key of many lines begins as others of its kind do.
 */
export const secretForms = (value: string, shortest: number): ReadonlyMap<string, number> => {
  const forms = new Map<string, number>()
  const add = (text: string, telltale: number): void => {
    for (const form of [text, ...urlForms(text), ...base64Forms(text), ...hexForms(text), ...escapedForms(text)]) {
      const compact = withoutLineBreaks(form)
      if (compact.length >= shortest) forms.set(compact, Math.min(telltale, forms.get(compact) ?? compact.length))
    }
  }
  const parts = secretParts(value)
  const lines = [value, ...parts].flatMap(telltaleLines)
  for (const text of [value, value.trim(), ...lines, ...parts]) add(text, telltaleOf(text))
  return forms
}

/** More than the beginning that two secrets share by chance, less than what is left where a long value is shortened. */
const telltaleStart = 16

/** A frame of a PEM, and what stands first in every key, does not count. */
const telltaleOf = (text: string): number => {
  const frame = /^\s*-----[^\n]*/.exec(text)?.[0]
  if (frame !== undefined) return frame.length + 10
  return /^\s*([{[]|[a-z][a-z0-9+.-]*:\/\/)|[\r\n]\s*\S/i.test(text) ? Infinity : telltaleStart
}

export const withoutLineBreaks = (text: string): string => text.replace(/[\r\n]+/g, '')

/** A part of a key is as secret as the whole; short lines, the frame of a PEM and most lines of a document say nothing. */
const telltaleLines = (value: string): string[] => {
  if (isJsonDocument(value)) return []
  const lines = value.trim().split(/[\r\n]+/)
  return lines.length === 1
    ? []
    : lines.map((line) => line.trim()).filter((line) => line.length >= 20 && !line.startsWith('-----'))
}

const urlForms = (text: string): string[] => {
  const component = encodeURIComponent(text.toWellFormed())
  const strict = component.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  const upper = [
    encodeURI(text.toWellFormed()),
    component,
    strict,
    component.replaceAll('%20', '+'),
    strict.replaceAll('%20', '+'),
    strict.replaceAll('%2F', '/'),
  ]
  return [...upper, ...upper.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))]
}

/** At each of the three places where the value may begin in what was encoded, without the characters it shares with its neighbours. */
const base64Forms = (text: string): string[] => {
  const bytes = Buffer.from(text, 'utf8')
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const own = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/** Digits alone, as `xxd -p` and most languages write them, and with a blank between bytes, as `od -tx1` does. */
const hexForms = (text: string): string[] => {
  const digits = Buffer.from(text, 'utf8').toString('hex')
  const spaced = digits.replace(/..(?!$)/g, '$& ')
  return [digits, digits.toUpperCase(), spaced]
}

const escapedForms = (text: string): string[] => {
  const forms = [...jsonForms(text), ...quotedForms(text), ...htmlForms(text)]
  return [...forms, ...[text, ...forms].map(echoed)]
}

const jsonForms = (text: string): string[] => {
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replace(/[\u007f-\uffff]/g, (sign) => `\\u${hexOf(sign.charCodeAt(0), 4)}`)
  return [json, ascii, json.replaceAll('/', '\\/'), ...[json, ascii].map((inner) => JSON.stringify(inner).slice(1, -1))]
}

const hexOf = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')

/** As SQL, shells, and the languages of scripts write a text between quotes of either kind. */
const quotedForms = (text: string): string[] => {
  const inspected = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  return [
    text.replaceAll("'", "''"),
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll("'", "\\'"),
    text.replaceAll('\\', '\\\\'),
    ...[inspected, asciiOf(inspected), bytesOf(inspected), octalOf(inspected)].flatMap((each) => [
      each,
      each.replaceAll("'", "\\'"),
    ]),
    octalOf(JSON.stringify(text).slice(1, -1)),
    inspected.replaceAll('`', '\\`'),
    text.replace(/["$`\\]/g, '\\$&'),
    text.replace(/[^\w@%+=:./,\u0080-\uffff-]/g, '\\$&'),
  ]
}

/** As Python's `ascii` writes it. */
const asciiOf = (text: string): string =>
  text.replace(/[\u0080-\u{10ffff}]/gu, (sign) => {
    const code = sign.codePointAt(0) ?? 0
    if (code < 0x100) return `\\x${hexOf(code, 2)}`
    return code < 0x10000 ? `\\u${hexOf(code, 4)}` : `\\U${hexOf(code, 8)}`
  })

const bytesOf = (text: string): string => asciiOf(Buffer.from(text, 'utf8').toString('latin1'))

/** As bash writes it where the locale is C, and git always. */
const octalOf = (text: string): string =>
  Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[\u0080-\u00ff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8)}`)

const htmlForms = (text: string): string[] => {
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = html.replaceAll('"', '&quot;')
  return [html, quoted, ...['&#39;', '&#x27;', '&apos;'].map((quote) => quoted.replaceAll("'", quote))]
}

const echoSigns: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\',
} // prettier-ignore

/** As the `echo` of a plain `sh` prints it: it reads backslashes in its arguments. */
const echoed = (text: string): string => text.replace(/\\([abefnrtv\\])/g, (_, sign: string) => echoSigns[sign] ?? sign)
