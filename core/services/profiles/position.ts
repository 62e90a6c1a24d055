const timeOfDay = /^(\d{2}):(\d{2}):(\d{2}(?:\.\d+)?)$/
const date = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2})(\.\d+)?)?(?:\+00)?$/

/** Seconds since 1970, or since midnight; null for what lies outside the years 0 to 9999. */
const secondsOf = (text: string): number | null => {
  const clock = timeOfDay.exec(text)
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3])
  const parts = date.exec(text)
  if (!parts) return null
  const whole = Date.parse(`${parts[1] ?? ''}T${parts[2] ?? '00:00:00'}Z`)
  return Number.isNaN(whole) ? null : whole / 1000 + Number(parts[3] ?? 0)
}

/** Where a value of a profile lies on a line, near enough for charts and shifts; null when it has no place there. */
export const positionOf = (kind: string, text: string | null): number | null => {
  if (text === null) return null
  if (kind === 'time') return secondsOf(text)
  const value = kind === 'number' ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : null
}
