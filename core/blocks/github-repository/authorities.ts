import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { Refused } from '#core/model/failure.ts'

/** A file with the authorities that are trusted anyway and those that are given, since git takes one or the other. */
export const authoritiesFile = async (given: string | undefined, home: string): Promise<string | null> => {
  if (given === undefined) return null
  const pem = [...getCACertificates('default'), await pemOf(given)].join('\n')
  const folder = join(home, 'repositories')
  const file = join(folder, `authorities-${createHash('sha256').update(pem).digest('hex').slice(0, 16)}.pem`)
  await mkdir(folder, { recursive: true })
  const part = `${file}.${process.pid}`
  await writeFile(part, pem)
  await rename(part, file)
  return file
}

const pemOf = async (given: string): Promise<string> => {
  if (given.includes('-----BEGIN')) return given
  return readFile(given, 'utf8').catch((cause: unknown) => {
    const message = `The certificates ${given} cannot be read. Name a PEM file that is there, or give its text.`
    throw new Refused({ code: 'not-found', message }, { cause })
  })
}
