import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname as machineName, networkInterfaces } from 'node:os'

/**
 * Who may talk to us. A page of another site can make a browser send requests here, under a name of its own too (DNS
 * rebinding), so the Host must be this machine's and the Origin too. Any port: people forward ports over SSH.
 */
const ownNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The name in a Host header, without its port. */
const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()

/** An address as it stands in a Host header. */
const asName = (host: string): string => (isIP(host) === 6 ? `[${host.toLowerCase()}]` : host.toLowerCase())

const originName = (origin: string): string | null => {
  try {
    const { protocol, hostname } = new URL(origin)
    return protocol === 'http:' || protocol === 'https:' ? hostname : null
  } catch {
    return null
  }
}

const anyAddress = new Set(['0.0.0.0', '::'])

export const isLoopback = (host: string): boolean => ownNames.has(asName(host)) || /^127(\.\d+){3}$/.test(host)

/** Beyond this machine it goes by its name and the addresses of its networks. */
const namesOf = (host: string): readonly string[] => {
  if (!anyAddress.has(host)) return [asName(host)]
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  return [machineName().toLowerCase(), ...addresses.map(({ address }) => asName(address))]
}

/** How an address of ours is written, for people and in a browser. */
export const shownName = (host: string): string => (anyAddress.has(host) ? machineName() : asName(host))

export type Guard = {
  isOurHost(request: IncomingMessage): boolean
  isOurOrigin(request: IncomingMessage): boolean
  hasToken(given: string | null): boolean
}

/** `host` is what we were told to listen at, beside this machine's own names. */
export const createGuard = ({ host, token }: { host: string; token: string }): Guard => {
  const names = new Set([...ownNames, ...namesOf(host)])
  const wanted = Buffer.from(token)
  return {
    isOurHost: ({ headers }) => names.has(nameOf(headers.host ?? '')),
    isOurOrigin: ({ headers }) => {
      const name = originName(headers.origin ?? '')
      return name !== null && names.has(name)
    },
    hasToken: (given) => {
      const bytes = Buffer.from(given ?? '')
      return bytes.length === wanted.length && timingSafeEqual(bytes, wanted)
    },
  }
}
