/**
 * The forms in which a secret value is printed by the programs that get it: as it is, URL-encoded, base64, hexadecimal,
 * and escaped for JSON, SQL or a shell. Without line breaks, which the masker overlooks in the text too, so that wrapped forms are
 * found. Forms too short to search for are left out.
 */
export const secretForms = (value: string, shortest: number): ReadonlySet<string> => {
  const forms = new Set<string>()
  for (const text of [value, value.trim(), ...telltaleLines(value)]) {
    for (const form of [text, ...urlForms(text), ...base64Forms(text), ...hexForms(text), ...escapedForms(text)]) {
      const compact = withoutLineBreaks(form)
      if (compact.length >= shortest) forms.add(compact)
    }
  }
  return forms
}

export const withoutLineBreaks = (text: string): string => text.replace(/[\r\n]+/g, '')

/** A part of a key is as secret as the whole; short lines and the frame of a PEM say nothing. */
const telltaleLines = (value: string): string[] => {
  const lines = value.trim().split(/[\r\n]+/)
  return lines.length === 1
    ? []
    : lines.map((line) => line.trim()).filter((line) => line.length >= 20 && !line.startsWith('-----'))
}

const urlForms = (text: string): string[] => {
  const component = encodeURIComponent(text.toWellFormed())
  const strict = component.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  const upper = [
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
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replace(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [
    json,
    ascii,
    json.replaceAll('/', '\\/'),
    text.replaceAll("'", "''"),
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", "\\'"),
    JSON.stringify(json).slice(1, -1),
    text.replaceAll('\\', '\\\\'),
    echoed(text),
  ]
}

const echoSigns: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\',
} // prettier-ignore

/** As the `echo` of a plain `sh` prints it: it reads backslashes in its arguments. */
const echoed = (text: string): string => text.replace(/\\([abefnrtv\\])/g, (_, sign: string) => echoSigns[sign] ?? sign)
