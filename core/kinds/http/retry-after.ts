/** Milliseconds that a server asks to wait, as seconds or as a date; null where it says nothing that can be read. */
export const retryAfter = (text: string | undefined, now: number): number | null => {
  if (text === undefined) return null
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(wait) && wait >= 0 ? wait : null
}
