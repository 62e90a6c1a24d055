import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** Certificates made on the spot, for the TLS tests: just enough X.509 for Node to judge them. */
export type TestCertificate = {
  readonly name: string
  readonly cert: string
  readonly key: string
  readonly signer: KeyObject
}

export type CertificateRequest = {
  /** A DNS name or an IPv4 address. */
  readonly host: string
  /** Self-signed without one. */
  readonly issuer?: TestCertificate
  readonly validFrom?: Date
  readonly validTo?: Date
}

const day = 86_400_000

export const makeCertificate = ({ host, issuer, ...validity }: CertificateRequest): TestCertificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const from = validity.validFrom ?? new Date(Date.now() - day)
  const to = validity.validTo ?? new Date(Date.now() + day)
  const body = der(
    0x30,
    der(0xa0, der(0x02, bytes(2))),
    der(0x02, bytes(7)),
    ecdsaWithSha256,
    nameOf(issuer?.name ?? host),
    der(0x30, time(from), time(to)),
    nameOf(host),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      der(0x30, extension(0x11, der(0x30, alternativeName(host))), extension(0x13, der(0x30, der(0x01, bytes(255))))),
    ),
  )
  const signature = sign('sha256', body, issuer?.signer ?? privateKey)
  const certificate = der(0x30, body, ecdsaWithSha256, der(0x03, bytes(0), signature))
  const pem =
    certificate
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join('\n') ?? ''
  return {
    name: host,
    cert: `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    signer: privateKey,
  }
}

const bytes = (...values: number[]): Buffer => Buffer.from(values)

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const size =
    length < 128 ? bytes(length) : length < 256 ? bytes(0x81, length) : bytes(0x82, length >> 8, length & 255)
  return Buffer.concat([bytes(tag), size, content])
}

const ecdsaWithSha256 = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))

/** One relative name: common name (2.5.4.3). */
const nameOf = (text: string): Buffer =>
  der(0x30, der(0x31, der(0x30, der(0x06, bytes(0x55, 4, 3)), der(0x0c, Buffer.from(text)))))

const time = (date: Date): Buffer => der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))

/** 2.5.29.`id`: 17 is the alternative name, 19 the basic constraints. */
const extension = (id: number, value: Buffer): Buffer => der(0x30, der(0x06, bytes(0x55, 0x1d, id)), der(0x04, value))

const alternativeName = (host: string): Buffer => {
  const isAddress = /^[\d.]+$/.test(host)
  return isAddress ? der(0x87, bytes(...host.split('.').map(Number))) : der(0x82, Buffer.from(host))
}
