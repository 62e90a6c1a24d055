import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { postgresBlock } from '#core/blocks/postgres/index.ts'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { blocksService } from './blocks.ts'
import { factsOfCertificates } from './certificate-facts.ts'
import { testWorld } from './world-suite.ts'

const day = 86_400_000

/** PEM, valid for so many days. */
const certificateOf = (days: number): string => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '/dev/null']
  const args = ['req', '-x509', ...key, '-days', String(days), '-subj', '/CN=authority']
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

const blockAt = (now: number) => {
  const blocks = blocksService(testWorld({ catalogue: catalogueOf([], [postgresBlock]), now: () => now }))
  const settings = { host: 'db.example.org', user: 'root', ca: certificateOf(1) }
  return blocks.create({ type: 'postgres', name: 'pg', settings })
}

test('a block tells when the certificate in its settings ends, and when it has ended', async () => {
  const { facts, problem } = await blockAt(Date.now())
  const end = facts['ca']?.expiresAt ?? 0
  expect(Math.abs(end - Date.now() - day)).toBeLessThan(day / 24)
  expect(problem).toBeNull()
  const ended = await blockAt(Date.now() + 2 * day)
  expect(ended.problem).toMatch(/^Certificate authority expired on \d{4}-\d\d-\d\d\. Replace it\.$/)
})

test('what is no certificate, or the path of one, says nothing', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
  for (const ca of ['/etc/ca.pem', broken, '', 5])
    expect(factsOfCertificates(postgresBlock, { ca }, 0), String(ca)).toEqual({})
})

test('of a bundle the next that ends counts, and one that has ended does not', () => {
  const bundle = `${certificateOf(30)}\n${certificateOf(1)}\n${certificateOf(10)}`
  const daysAt = (now: number) => {
    const end = factsOfCertificates(postgresBlock, { ca: bundle }, now)['ca']?.expiresAt ?? 0
    return Math.round((end - Date.now()) / day)
  }
  expect([0, 2, 20, 60].map((days) => daysAt(Date.now() + days * day))).toEqual([1, 10, 30, 30])
})
