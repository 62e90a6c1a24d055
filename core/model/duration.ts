const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

const whole = /^(\d+(?:\.\d+)?(?:ms|[smhdw])\s*)+$/
const part = /(\d+(?:\.\d+)?)(ms|[smhdw])/g

/** `10s`, `1m 30s`, `1d`, or a number of seconds; milliseconds, or null when it is no duration. */
export const parseDuration = (text: string | number): number | null => {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text * 1000 : null
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000
  if (!whole.test(trimmed)) return null
  let milliseconds = 0
  for (const [, amount, unit] of trimmed.matchAll(part))
    milliseconds += Number(amount) * units[unit as keyof typeof units]
  return milliseconds
}

/** `1.2 s`, `3 m 04 s`, `2 h 05 m`. */
export const formatDuration = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  const pad = (value: number) => String(value).padStart(2, '0')
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} m`
}
