const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')

/** `0.8 s`, `12 s`, `3 m 04 s`, `2 h 05 m`. */
export const formatDuration = (milliseconds: number): string => {
  if (milliseconds < second) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 10 * second) return `${(milliseconds / second).toFixed(1)} s`
  if (milliseconds < minute) return `${Math.floor(milliseconds / second)} s`
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)} m ${two((milliseconds % minute) / second)} s`
  return `${Math.floor(milliseconds / hour)} h ${two((milliseconds % hour) / minute)} m`
}

/** A clock that goes on, without tenths that only flicker: `0 s`, `12 s`, `3 m 04 s`. */
export const formatSeconds = (milliseconds: number): string =>
  milliseconds < minute ? `${Math.floor(milliseconds / second)} s` : formatDuration(milliseconds)

/** `just now`, `4 min ago`, `3 h ago`, `yesterday`, then the date. */
export const formatAgo = (at: number, now: number): string => {
  const ago = now - at
  if (ago < 10 * second) return 'just now'
  if (ago < minute) return `${Math.floor(ago / second)} s ago`
  if (ago < hour) return `${Math.floor(ago / minute)} min ago`
  if (ago < day) return `${Math.floor(ago / hour)} h ago`
  if (ago < 2 * day) return 'yesterday'
  return new Date(at).toLocaleDateString(undefined, { dateStyle: 'medium' })
}

export const formatMoment = (at: number): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** `14:03:09.512` */
export const formatClock = (at: number): string => {
  const time = new Date(at)
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

export const formatCount = (count: number): string => count.toLocaleString('en-US')

const units = ['B', 'kB', 'MB', 'GB', 'TB']

export const formatBytes = (bytes: number): string => {
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`
}
