import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMasker, mask } from './masker.ts'

const masking = (...values: string[]) => {
  const masker = createMasker()
  for (const value of values) masker.add(value)
  return masker
}

test('a secret is shown as eight asterisks wherever it stands', () => {
  const masker = masking('tuna-sandwich')
  expect(masker.mask('tuna-sandwich')).toBe('********')
  expect(masker.mask('user:tuna-sandwich@host and tuna-sandwich')).toBe('user:********@host and ********')
  expect(masker.mask('tuna-sandwic')).toBe('tuna-sandwic')
})

test('text without a secret comes back unchanged', () => {
  const masker = masking('tuna-sandwich')
  const value = { lines: ['a', 'b'], count: 3 }
  expect(masker.mask('nothing here\r\n')).toBe('nothing here\r\n')
  expect(masker.maskJson(value)).toBe(value)
})

test('a value shorter than six characters is not masked and says so', () => {
  const masker = createMasker()
  expect(masker.add('short')).toBe(false)
  expect(masker.add('  short\n')).toBe(false)
  expect(masker.mask('in short')).toBe('in short')
})

test.each([
  ['URL-encoded', encodeURIComponent('pä ss/w&rd"\'x')],
  ['URL-encoded with small letters', encodeURIComponent('pä ss/w&rd"\'x').toLowerCase()],
  ['a form field', encodeURIComponent('pä ss/w&rd"\'x').replaceAll('%20', '+')],
  ['JSON', JSON.stringify('pä ss/w&rd"\'x').slice(1, -1)],
  ['JSON in ASCII', 'p\\u00e4 ss/w&rd\\"\'x'],
  ['a SQL literal', "pä ss/w&rd\"''x"],
  ['a quoted word of a shell', `pä ss/w&rd"'\\''x`],
  ['a quoted word of another shell', `pä ss/w&rd"'"'"'x`],
  ['a word with backslashes', `pä\\ ss/w\\&rd\\"\\'x`],
  ['an address', encodeURI(`pä ss/w&rd"'x`)],
  ['bytes in Python', `p\\xc3\\xa4 ss/w&rd"\\'x`.replace("\\'", "'")],
  ['bash, where the locale is C', `p\\303\\244 ss/w&rd"\\'x`],
  ['git, for names of files', `p\\303\\244 ss/w&rd\\"'x`],
  ['HTML', 'pä ss/w&amp;rd&quot;&#39;x'],
])('a secret is found as %s', (_form, text) => {
  expect(masking('pä ss/w&rd"\'x').mask(`<${text}>`)).toBe(`<${mask}>`)
})

test.each([
  ['JSON within JSON', JSON.stringify(JSON.stringify('to\\ken"\\n42')).slice(3, -3)],
  ['doubled backslashes', 'to\\\\ken"\\\\n42'],
  ['the echo of sh prints it', 'to\\ken"\n42'],
])('a secret with backslashes is found as %s', (_form, text) => {
  expect(masking('to\\ken"\\n42').mask(`<${text}>`).replaceAll('\n', '')).toMatch(/^<(\*{8})+>$/)
})

test('a secret is found in base64 at each of the three alignments', () => {
  const masker = masking('tuna-sandwich')
  for (const before of ['', 'u', 'us', 'user:', 'user=x:']) {
    for (const alphabet of ['base64', 'base64url'] as const) {
      const encoded = Buffer.from(`${before}tuna-sandwich, and more`).toString(alphabet)
      const masked = masker.mask(`Authorization: Basic ${encoded}`)
      expect(masked).toContain(mask)
      expect(Buffer.from(masked.slice(21), 'base64').toString()).not.toContain('sandwich')
    }
  }
})

test('a secret is found in hexadecimal, with blanks between the bytes and wrapped too', () => {
  const masker = masking('tuna-sandwich')
  const hex = Buffer.from('tuna-sandwich').toString('hex')
  expect(masker.mask(`<7a${hex}0a>`)).toBe(`<7a${mask}0a>`)
  expect(masker.mask(hex.toUpperCase())).toBe(mask)
  expect(masker.mask(` 74 75 6e 61 2d 73 61 6e\n 64 77 69 63 68 0a`)).toBe(` ${mask}\n${mask} 0a`)
})

test('a key of many lines is found in one piece, wrapped, and line by line', () => {
  const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nqhkiG9w0BAQEFAASCBKcwggSjAgEAAoI\n'
  const masker = masking(`-----BEGIN KEY-----\n${body}-----END KEY-----\n`)
  expect(masker.mask(`-----BEGIN KEY-----\n${body}-----END KEY-----`)).toBe([mask, mask, mask, mask].join('\n'))
  expect(masker.mask('grep: qhkiG9w0BAQEFAASCBKcwggSjAgEAAoI')).toBe(`grep: ${mask}`)
  expect(masker.mask(JSON.stringify({ key: `-----BEGIN KEY-----\n${body}-----END KEY-----\n` }))).toBe(
    `{"key":"${mask}"}`,
  )
})

test('the key within a service account’s document is found alone, and what is public in it stays', () => {
  const key =
    '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nqhkiG9w0BAQEFAASCBKcwggSjAgEAAoI\n-----END KEY-----\n'
  const account = {
    type: 'service_account',
    project_id: 'rides-2020',
    private_key_id: '0123456789abcdef',
    private_key: key,
    client_email: 'loader@rides-2020.example.org',
    token_uri: 'https://oauth2.example.org/token',
  }
  const masker = masking(JSON.stringify(account, null, 2))
  expect(masker.mask(key).replaceAll('\n', '')).toMatch(/^(\*{8})+$/)
  expect(masker.mask('line MIIEvQIBADANBgkqhkiG9w0BAQEFAASC of it')).toBe(`line ${mask} of it`)
  expect(masker.mask(JSON.stringify(account))).toBe(JSON.stringify({ ...account, private_key: mask }))
  expect(
    masker.mask(
      'loader@rides-2020.example.org of rides-2020, key 0123456789abcdef, at https://oauth2.example.org/token',
    ),
  ).not.toContain(mask)
})

test('the password of an address and the path of a webhook are found alone, host and database stay', () => {
  const masker = masking(
    'postgres://loader:tuna%2Fsandwich@db.example.org:5432/rides',
    'https://hooks.example.org/services/T024BE7LD/B024BE7LE/eW91IGZvdW5kIG1l',
  )
  expect(masker.mask('password "tuna/sandwich" for loader at db.example.org/rides')).toBe(
    `password "${mask}" for loader at db.example.org/rides`,
  )
  expect(masker.mask(`Authorization: Basic ${Buffer.from('loader:tuna/sandwich').toString('base64')}`)).toContain(mask)
  expect(masker.mask('POST /services/T024BE7LD/B024BE7LE/eW91IGZvdW5kIG1l 404')).toBe(`POST ${mask} 404`)
  expect(masker.mask('https://hooks.example.org/')).toBe('https://hooks.example.org/')
})

/** So that lines begin with signs of their own that are the same as marks. */
const dashed = 'ab-+cd ef->gh#|ij*kl--mn+op-qr+st-uv+wx-yz'

test.each([
  ['indented by blanks', '    '],
  ['indented by a tab', '\t'],
  ['in a difference', '+'],
  ['in a quotation', '> '],
  ['in a comment', '# '],
  ['in a list', '  - '],
  ['in a literal of YAML', '|  '],
  ['in a comment of many lines', ' * '],
])('a secret that was wrapped %s is found, however wide', (_way, mark) => {
  const key = randomBytes(600).toString('base64')
  for (const value of [key, dashed, 'tuna-sandwich-with-pickles'])
    for (let width = 4; width < 40; width += 1) {
      const wrapped = `it is\n${mark}${(value.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(`\n${mark}`)}\n${mark}end`
      const masked = masking(value).mask(wrapped)
      expect(masked.replaceAll(mask, '').replace(/[\n\t >|+#*-]/g, '')).toBe('itisend')
      const stream = masking(value).lines()
      const lines = wrapped.split('\n').flatMap((line) => stream.write([line]))
      expect([...lines, ...stream.end()].join('\n')).toBe(masked)
    }
})

test('marks are overlooked only where a word goes over the end of a line', () => {
  const text = '- tuna\n- a tuna sandwich, tunasandwich\n  and more'
  expect(masking('tuna-sandwich').mask(text)).toBe(text)
})

test('lines of a stream are masked also where the secret was wrapped', () => {
  const lines = masking('tuna-sandwich-with-pickles').lines()
  expect(lines.write(['one', 'two tuna-san'])).toEqual(['one'])
  expect(lines.write(['dwich-with', '-pickles three', 'four'])).toEqual([`two ${mask}`, mask, `${mask} three`, 'four'])
  expect(lines.write(['five tuna-'])).toEqual([])
  expect(lines.end()).toEqual(['five tuna-'])
  expect(lines.end()).toEqual([])
})

test('a secret that was shortened is found by its beginning', () => {
  const masker = masking('tuna-sandwich-with-pickles', 'https://hooks.example.org/services/T024BE7LD')
  expect(masker.mask('lunch: tuna-sandwich-with-p… (26 signs)')).toBe(`lunch: ${mask}… (26 signs)`)
  expect(masker.mask('lunch: tuna-sandwich…')).toBe('lunch: tuna-sandwich…')
  expect(masker.mask('https://hooks.example.org/other')).toBe('https://hooks.example.org/other')
})

test('a cut text does not end with the beginning of a secret', () => {
  const masker = masking('tuna-sandwich')
  expect(masker.maskCut('lunch: tuna-sand')).toBe(`lunch: ${mask}`)
  expect(masker.maskCut('lunch: soup')).toBe('lunch: soup')
})

const secret = fc
  .string({ minLength: 6, maxLength: 40, unit: 'grapheme' })
  .filter((text) => /^\S.*\S$/u.test(text) && text.length >= 6)

test('no secret survives in any text, whatever stands around it', () => {
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 20 }),
      fc.array(fc.string(), { minLength: 2 }),
      fc.nat(),
      (secrets, texts, pick) => {
        const inside = secrets[pick % secrets.length] ?? ''
        const masked = masking(...secrets).mask(texts.join(inside))
        for (const one of secrets) expect(masked.split(mask).some((part) => part.includes(one))).toBe(false)
        expect(masked).toContain(mask)
      },
    ),
  )
})

/** Each with a mark and what follows it. */
const streamOf = (words: readonly string[], marks: readonly string[]) =>
  fc
    .array(fc.tuple(fc.constantFrom(...marks), fc.array(fc.constantFrom(...words))), { maxLength: 30 })
    .map((lines) => lines.map(([before, inside]) => before + inside.join('')))

test.each([
  [
    'as it is',
    ['tuna-sandwich', 'sandwich-tuna', 'pickles!'],
    streamOf(['tuna-sandwich', 'tuna-', 'sandwich', 'sandwich-tuna-', 'x', '', 'pickles!', 'tuna'], ['']),
  ],
  [
    'indented and marked',
    ['tunasandwich', 'sandwichtuna', 'pickles!'],
    streamOf(['tunasandwich', 'tuna', 'sandwich', 'x', '', 'pick', 'les!'], ['', '  ', '+', '> ', '\t- ']),
  ],
])(
  'a stream of lines, %s, gives the same however it is cut into writes, and keeps the number of lines',
  (_, values, stream) => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(5), { minLength: 1 }), (all, sizes) => {
        const whole = masking(...values).lines()
        const pieces = masking(...values).lines()
        const expected = [...whole.write(all), ...whole.end()]
        const written: string[] = []
        for (let at = 0, turn = 0; at < all.length; turn += 1) {
          const size = (sizes[turn % sizes.length] ?? 0) + 1
          written.push(...pieces.write(all.slice(at, at + size)))
          at += size
        }
        written.push(...pieces.end())
        expect(written).toEqual(all.length === 0 ? [] : expected)
        expect(written).toHaveLength(all.length)
        const left = expected.map((line) => line.replace(/^[ \t>+-]+/, '')).join('')
        for (const value of values) expect(left).not.toContain(value)
      }),
    )
  },
)
