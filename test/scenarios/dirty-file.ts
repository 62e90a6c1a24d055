import fc from 'fast-check'

export type DirtyFile = {
  readonly bytes: Buffer
  readonly compression: 'none' | 'gzip' | 'zstd'
  readonly settings: Readonly<Record<string, unknown>>
  /** The values of the rows that are whole, as text. */
  readonly rows: readonly (readonly (string | null)[])[]
  /** Physical lines of rows that are not. */
  readonly faults: readonly number[]
  readonly isUtf16: boolean
}

/** One time in so many. */
const rarely = <T>(value: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value })

const words = ['x', 'NA', 'N/A', 'null', '007', '1_000', '-', 'ä ö', '日本', '😀', 'a,b', 'p;q', 't\tu', 'v|w', "it's", 'say "hi"', 'one\ntwo', 'one\r\ntwo', ' lead', 'trail ', 'NaN', 'inf', '', 'NULL', '\\N', '+1', '1E5', 'abc+', '{"a":1}', '[1]', '../x', '=1+1'] // prettier-ignore

const kinds: Readonly<Record<string, fc.Arbitrary<string | null>>> = {
  small: fc.integer({ min: -1000, max: 1000 }).map(String),
  big: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  decimal: fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.nat(99)).map(([whole, part]) => `${whole}.${part}`),
  long: fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 17n }), fc.nat(9999)).map(([whole, part]) => `${whole}.${part}7`),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => String(Object.is(value, -0) ? 0 : value)),
  boolean: fc.constantFrom('true', 'false', 'TRUE', 'False'),
  date: fc.tuple(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 10, max: 12 }), fc.integer({ min: 10, max: 28 })).map((parts) => parts.join('-')), // prettier-ignore
  moment: fc.tuple(fc.integer({ min: 10, max: 28 }), fc.integer({ min: 10, max: 23 })).map(([day, hour]) => `2020-11-${day} ${hour}:00:01`), // prettier-ignore
  time: fc.integer({ min: 10, max: 23 }).map((hour) => `${hour}:30:00`),
  fine: fc.tuple(fc.integer({ min: 10, max: 23 }), fc.integer({ min: 1, max: 9 }), fc.nat(999_999_999)).map(([hour, digits, part]) => `2020-11-10 ${hour}:00:01.${String(part).padStart(9, '1').slice(0, digits)}`), // prettier-ignore
  zoned: fc.tuple(fc.integer({ min: 10, max: 23 }), fc.constantFrom('Z', '+05:00', '-03', ' UTC')).map(([hour, zone]) => `2020-11-10 ${hour}:00:01${zone}`), // prettier-ignore
  phone: fc.nat(10 ** 9).map((number) => `+49${number}`),
  code: fc.tuple(fc.nat(99), fc.nat(9)).map(([one, other]) => `${one}E${other}`),
  word: fc.constantFrom(...words),
  none: fc.constant(null),
}

type Column = { readonly name: string; readonly values: readonly (string | null)[] }

/** Values of one kind, some missing; now and then the last ones are of another kind. */
const column = (rows: number): fc.Arbitrary<Column> =>
  fc
    .record({
      name: fc.constantFrom('a', 'b', 'A', 'passenger count', 'x"y', 'é', 'a', ''),
      kind: fc.constantFrom(...Object.keys(kinds)),
      late: rarely(fc.constantFrom(...Object.keys(kinds)), 3),
      missing: fc.array(fc.boolean(), { minLength: rows, maxLength: rows }),
    })
    .chain(({ name, kind, late, missing }) => {
      const of = (which: string, count: number) =>
        fc.array(kinds[which] ?? fc.constant(null), { minLength: count, maxLength: count })
      const after = late === null ? 0 : Math.min(2, rows)
      return fc.tuple(of(kind, rows - after), of(late ?? kind, after)).map(([first, last]) => ({
        name,
        values: [...first, ...last].map((value, index) => (missing[index] && index % 3 === 0 ? null : value)),
      }))
    })

const shape = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  columns: fc.integer({ min: 2, max: 6 }),
})

const forms = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  quote: fc.constantFrom('"', "'"),
  quoteAll: fc.boolean(),
  end: fc.constantFrom('\n', '\r\n', 'mixed'),
  lastEnd: fc.boolean(),
  mark: fc.boolean(),
  nullText: fc.constantFrom('', 'NULL', '\\N'),
  compression: fc.constantFrom('none' as const, 'gzip' as const, 'zstd' as const),
  blank: rarely(fc.nat(40), 3),
  fault: rarely(fc.record({ kind: fc.constantFrom('short', 'long', 'latin1'), row: fc.nat(39) }), 3),
  utf16: rarely(fc.constant(true), 30),
  // What need not be declared is left out.
  declared: fc.boolean(),
})

type Form = typeof forms extends fc.Arbitrary<infer F> ? F : never

const written = (value: string | null, { delimiter, quote, quoteAll, nullText }: Form): string => {
  if (value === null) return nullText
  const needed =
    quoteAll || /[\r\n]/.test(value) || [delimiter, quote].some((one) => value.includes(one)) || value === nullText
  return needed ? `${quote}${value.replaceAll(quote, quote + quote)}${quote}` : value
}

const settingsOf = ({ delimiter, quote, nullText, declared }: Form): DirtyFile['settings'] => ({
  ...((declared || quote !== '"') && { quote }),
  ...((declared || nullText !== '') && { null_text: [nullText] }),
  ...(declared && { delimiter: delimiter === '\t' ? 'tab' : delimiter }),
})

const linesIn = (text: string): number => text.split(/\r\n|\r|\n/).length - 1

const fileOf = (columns: readonly Column[], rows: number, form: Form): DirtyFile => {
  const { delimiter, blank, fault } = form
  const end = (index: number) => (form.end === 'mixed' ? (index % 5 === 3 ? '\r\n' : '\n') : form.end)
  const whole: (string | null)[][] = []
  const faults: number[] = []
  const header = columns.map(({ name }) => written(name, form)).join(delimiter)
  let bytes = Buffer.from(`${form.mark ? '\ufeff' : ''}${header}${end(0)}`)
  let line = 2
  for (let row = 0; row < rows; row += 1) {
    const values = columns.map((one) => one.values[row] ?? null)
    if (blank === row) {
      bytes = Buffer.concat([bytes, Buffer.from(end(row))])
      line += 1
    }
    const fields = values.map((value) => written(value, form))
    // After a quote that closes a value of several lines it would be a fault of each of them.
    const isOneLine = linesIn(fields.join()) === 0
    // A row of one missing value would be a blank line.
    const isBlank = fields.slice(0, -1).join('') === '' && fields.length === 2
    const isFault = fault?.kind === 'short' ? !isBlank : isOneLine || fault?.kind !== 'latin1'
    const bad = fault?.row === row && isFault ? fault.kind : null
    if (bad === 'short') fields.pop()
    if (bad === 'long') fields.push('1', '2')
    const text = fields.join(delimiter)
    const isLast = row === rows - 1 && !form.lastEnd
    const ended = isLast ? '' : end(row)
    const broken = bad === 'latin1' ? Buffer.concat([Buffer.from(text), Buffer.from([0xe9])]) : Buffer.from(text)
    bytes = Buffer.concat([bytes, broken, Buffer.from(ended)])
    if (bad === null) whole.push(values)
    else faults.push(line)
    line += linesIn(text + ended)
  }
  const isUtf16 = form.utf16 === true
  return {
    bytes: isUtf16 ? Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le') : bytes,
    compression: form.compression,
    settings: settingsOf(form),
    rows: whole,
    faults: isUtf16 ? [1] : faults,
    isUtf16,
  }
}

export const dirtyFile: fc.Arbitrary<DirtyFile> = shape.chain(({ rows, columns }) =>
  fc
    .tuple(fc.array(column(rows), { minLength: columns, maxLength: columns }), forms)
    .map(([made, chosen]) => fileOf(made, rows, chosen)),
)
