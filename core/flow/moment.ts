import { Refused } from '#core/model/failure.ts'

/**
 * A date or a time as written, without moving it to another time zone: `2020-11-01`, `2020-11-01T10:00:00`,
 * `2020-11-01 10:00:00.5+01:00`.
 */
export type Moment = {
  /** The wall clock, held as if it were UTC. */
  readonly clock: Date
  /** `+01:00`, `Z`, or empty where none was written. */
  readonly offset: string
  readonly hasTime: boolean
}

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/

export const parseMoment = (text: string): Moment | null => {
  const match = pattern.exec(text)
  if (!match) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = ''] = match
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const clock = new Date(0)
  clock.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  clock.setUTCHours(Number(hour), Number(minute), Number(second), milliseconds)
  const unchanged =
    clock.getUTCMonth() === Number(month) - 1 &&
    clock.getUTCDate() === Number(day) &&
    clock.getUTCHours() === Number(hour) &&
    clock.getUTCMinutes() === Number(minute)
  return unchanged ? { clock, offset, hasTime: match[4] !== undefined } : null
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
] // prettier-ignore

const two = (value: number) => String(value).padStart(2, '0')
const day = 86_400_000
const dayOfYear = (clock: Date) => Math.floor((clock.getTime() - Date.UTC(clock.getUTCFullYear(), 0, 1)) / day) + 1
const hour12 = (clock: Date) => clock.getUTCHours() % 12 || 12
const name = (names: readonly string[], index: number) => names[index] ?? ''

/** The Thursday of the ISO week, whose year and number the week has. */
const isoThursday = (clock: Date) => new Date(clock.getTime() + (4 - (clock.getUTCDay() || 7)) * day)

const offsetSeconds = (offset: string): number => {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(offset)
  if (!match) return 0
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60)
}

const directives: Readonly<Record<string, (moment: Moment) => string>> = {
  Y: ({ clock }) => String(clock.getUTCFullYear()).padStart(4, '0'),
  y: ({ clock }) => two(clock.getUTCFullYear() % 100),
  m: ({ clock }) => two(clock.getUTCMonth() + 1),
  d: ({ clock }) => two(clock.getUTCDate()),
  e: ({ clock }) => String(clock.getUTCDate()).padStart(2, ' '),
  j: ({ clock }) => String(dayOfYear(clock)).padStart(3, '0'),
  H: ({ clock }) => two(clock.getUTCHours()),
  I: ({ clock }) => two(hour12(clock)),
  M: ({ clock }) => two(clock.getUTCMinutes()),
  S: ({ clock }) => two(clock.getUTCSeconds()),
  L: ({ clock }) => String(clock.getUTCMilliseconds()).padStart(3, '0'),
  p: ({ clock }) => (clock.getUTCHours() < 12 ? 'AM' : 'PM'),
  a: ({ clock }) => name(days, clock.getUTCDay()).slice(0, 3),
  A: ({ clock }) => name(days, clock.getUTCDay()),
  b: ({ clock }) => name(months, clock.getUTCMonth()).slice(0, 3),
  B: ({ clock }) => name(months, clock.getUTCMonth()),
  u: ({ clock }) => String(clock.getUTCDay() || 7),
  w: ({ clock }) => String(clock.getUTCDay()),
  G: ({ clock }) => String(isoThursday(clock).getUTCFullYear()),
  V: ({ clock }) => two(Math.ceil(dayOfYear(isoThursday(clock)) / 7)),
  s: ({ clock, offset }) => String(Math.floor(clock.getTime() / 1000) - offsetSeconds(offset)),
  z: ({ offset }) => (offset === 'Z' || offset === '' ? '+0000' : offset.replace(':', '')),
  F: (moment) => formatMoment(moment, '%Y-%m-%d'),
  T: (moment) => formatMoment(moment, '%H:%M:%S'),
  R: (moment) => formatMoment(moment, '%H:%M'),
  D: (moment) => formatMoment(moment, '%m/%d/%y'),
  '%': () => '%',
}

/** strftime's directives; `%-d` leaves out padding. */
export const formatMoment = (moment: Moment, format: string): string =>
  format.replaceAll(/%(-?)(.)?/gs, (whole, bare: string, letter: string | undefined) => {
    const directive = letter === undefined || !Object.hasOwn(directives, letter) ? undefined : directives[letter]
    if (directive === undefined) {
      const known = Object.keys(directives).join(' ')
      throw new Refused({ code: 'invalid', message: `“${whole}” is no date directive. There are %${known}.` })
    }
    const text = directive(moment)
    return bare ? text.replace(/^[0 ]+(?=.)/, '') : text
  })
