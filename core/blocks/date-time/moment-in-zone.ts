/** `2021-01-31`, or a time with or without an offset: `2021-01-31T08:00`, `2021-01-31T08:00:00.5+01:00`, `…Z`. */
const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/

export type WrittenMoment =
  | { readonly kind: 'date' }
  /** A time that says itself where it is meant. */
  | { readonly kind: 'instant'; readonly at: Date }
  /** What a clock on a wall shows, as if it hung in UTC. */
  | { readonly kind: 'clock'; readonly clock: Date }

/** Null for what is no date or time, such as 31 April. */
export const readMoment = (text: string): WrittenMoment | null => {
  const match = pattern.exec(text)
  if (!match) return null
  const [, year, month, day, hour, minute = '00', second = '00', fraction = '', offset] = match
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return null
  if (hour === undefined) return { kind: 'date' }
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}${offset ?? 'Z'}`)
  if (Number.isNaN(at.getTime()) || Number(hour) > 23) return null
  return offset === undefined ? { kind: 'clock', clock: at } : { kind: 'instant', at }
}

export const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** When the clocks of a zone show this; the first time where they show it twice, and after the gap where never. */
export const instantOf = (clock: Date, zone: string): Date => {
  const shownAt = (at: number): number => {
    const format = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      era: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const { year, month, day, hour, minute, second } = parts
    return Date.parse(`${year?.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}Z`)
  }
  const milliseconds = clock.getUTCMilliseconds()
  const wanted = clock.getTime() - milliseconds
  const day = 86_400_000
  const offsets = [wanted - day, wanted + day].map((at) => shownAt(at) - at)
  const fitting = offsets.map((offset) => wanted - offset).filter((at) => shownAt(at) === wanted)
  return new Date((fitting[0] ?? wanted - (offsets[0] ?? 0)) + milliseconds)
}
