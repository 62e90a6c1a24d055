import { X509Certificate } from 'node:crypto'
import type { BlockType } from '#core/kinds/block-type.ts'
import type { Block } from '#core/model/block.ts'
import type { Settings } from './stored-block.ts'

/** By setting that holds certificates as text: when they end. One that only names a file says nothing here. */
export const factsOfCertificates = (type: BlockType, settings: Settings, now: number): Block['facts'] =>
  Object.fromEntries(
    (type.certificates ?? []).flatMap((field) => {
      const text = settings[field]
      const expiresAt = typeof text === 'string' ? expiryOf(text, now) : null
      return expiresAt === null ? [] : [[field, { shown: {}, expiresAt }]]
    }),
  )

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Of several the next that ends: in a bundle old ones often stay beside those that took their place. */
const expiryOf = (text: string, now: number): number | null => {
  const ends = (text.match(pem) ?? []).flatMap((one) => endOf(one) ?? []).toSorted((left, right) => left - right)
  return ends.find((end) => end > now) ?? ends.at(-1) ?? null
}

const endOf = (one: string): number | null => {
  try {
    return new X509Certificate(one).validToDate.getTime()
  } catch {
    return null
  }
}
