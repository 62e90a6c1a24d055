import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'

/**
 * The vault's file: one JSON line. A passphrase becomes two keys by scrypt: one seals the values with AES-256-GCM, the
 * other signs the header. The plain checksum tells a damaged file from a wrong passphrase before any key is tried.
 */
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/)

// The bounds keep a changed file from weakening the key or from asking for all memory (128 · N · r bytes).
const Kdf = z.strictObject({
  name: z.literal('scrypt'),
  N: z
    .int()
    .min(2 ** 15)
    .max(2 ** 20),
  r: z.int().min(8).max(16),
  p: z.int().min(1).max(4),
  salt: base64,
})

const VaultFile = z.strictObject({
  millrace_vault: z.literal(1),
  kdf: Kdf,
  proof: base64,
  nonce: base64,
  tag: base64,
  sealed: base64,
  checksum: z.string(),
})

const Values = z.record(z.string(), z.string())

export type VaultKdf = z.output<typeof Kdf>
export type VaultFile = z.output<typeof VaultFile>
export type VaultKeys = { readonly kdf: VaultKdf; readonly seal: Buffer; readonly sign: Buffer }
export type VaultValues = Readonly<Record<string, string>>

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)

export const newKdf = ({ N, p }: { N: number; p: number }): VaultKdf => ({
  name: 'scrypt',
  N,
  r: 8,
  p,
  salt: randomBytes(32).toString('base64'),
})

export const deriveKeys = async (passphrase: string, kdf: VaultKdf): Promise<VaultKeys> => {
  const { N, r, p, salt } = kdf
  // One passphrase typed on two keyboards may come in two Unicode forms.
  const options = { N, r, p, maxmem: 256 * N * r }
  const bytes = await derive(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64'), 64, options)
  return { kdf, seal: bytes.subarray(0, 32), sign: bytes.subarray(32) }
}

const headerOf = (kdf: VaultKdf): string =>
  JSON.stringify(['millrace_vault', 1, kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt])

const proofOf = ({ kdf, sign }: VaultKeys): Buffer => createHmac('sha256', sign).update(headerOf(kdf)).digest()

const checksumOf = ({ kdf, proof, nonce, tag, sealed }: Omit<VaultFile, 'checksum' | 'millrace_vault'>): string =>
  createHash('sha256')
    .update([headerOf(kdf), proof, nonce, tag, sealed].join('\n'))
    .digest('hex')

export const seal = (keys: VaultKeys, values: VaultValues): string => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keys.seal, nonce)
  cipher.setAAD(Buffer.from(headerOf(keys.kdf)))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(values), 'utf8'), cipher.final()])
  const parts = {
    kdf: keys.kdf,
    proof: proofOf(keys).toString('base64'),
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    sealed: sealed.toString('base64'),
  }
  return JSON.stringify({ millrace_vault: 1, ...parts, checksum: checksumOf(parts) } satisfies VaultFile) + '\n'
}

/** The parsed file, or null when it is damaged. */
export const parseVaultFile = (text: string): VaultFile | null => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  const { data: file } = VaultFile.safeParse(json)
  return file && checksumOf(file) === file.checksum ? file : null
}

export const fits = (keys: VaultKeys, file: VaultFile): boolean => {
  const proof = Buffer.from(file.proof, 'base64')
  const expected = proofOf({ ...keys, kdf: file.kdf })
  return proof.length === expected.length && timingSafeEqual(proof, expected)
}

/** The values, or null when what is sealed was changed. The keys must fit. */
export const unseal = (keys: VaultKeys, file: VaultFile): VaultValues | null => {
  try {
    const decipher = createDecipheriv('aes-256-gcm', keys.seal, Buffer.from(file.nonce, 'base64'), {
      authTagLength: 16,
    })
    decipher.setAAD(Buffer.from(headerOf(file.kdf)))
    decipher.setAuthTag(Buffer.from(file.tag, 'base64'))
    const text = Buffer.concat([decipher.update(Buffer.from(file.sealed, 'base64')), decipher.final()]).toString('utf8')
    return Values.parse(JSON.parse(text))
  } catch {
    return null
  }
}
