import { Refused } from '#core/model/failure.ts'

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Plain http only to this machine: on every other way anybody could read what is secret. */
export const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname))

/** A secret address that people pasted; no message repeats it. `fetch` says where the right one is to be had. */
export const webAddress = (text: string, fetch: string): URL => {
  const refuse = (what: string) => new Refused({ code: 'invalid', message: `${what} ${fetch}` })
  const trimmed = text.trim()
  if (!URL.canParse(trimmed)) throw refuse('What is set as the URL is no web address.')
  const url = new URL(trimmed)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refuse(`What is set as the URL begins with ${url.protocol} and is no web address.`)
  if (!isSafe(url)) throw refuse(`The URL leads to ${url.host} over http:, where anybody on the way could read it.`)
  if (url.username !== '' || url.password !== '')
    throw refuse('The URL holds a user or a password. Give these by a header instead.')
  return url
}
