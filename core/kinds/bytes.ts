const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
}

const pattern = /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?$/i

/** `10 MB`, `1 GiB`, `500`: bytes, or null when it is no size. */
export const parseBytes = (text: string | number): number | null => {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? Math.round(text) : null
  const match = pattern.exec(text.trim())
  if (!match) return null
  return Math.round(Number(match[1]) * (units[(match[2] ?? '').toLowerCase()] ?? 1))
}

/** `1.9 MB`, `512 B`. */
export const formatBytes = (bytes: number): string => {
  const names = ['B', 'kB', 'MB', 'GB', 'TB']
  let amount = bytes
  let index = 0
  while (amount >= 999.5 && index < names.length - 1) {
    amount /= 1000
    index += 1
  }
  const digits = index === 0 || amount >= 99.95 ? 0 : 1
  return `${amount.toFixed(digits)} ${names[index] ?? 'B'}`
}
