/** Milliseconds as Prefect writes seconds: `2.0`, `0.25`. */
export const formatSeconds = (milliseconds: number): string => {
  const seconds = milliseconds / 1000
  return Number.isInteger(seconds) ? seconds.toFixed(1) : String(seconds)
}
