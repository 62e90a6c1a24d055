import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { tableRead } from './index.ts'
import { failure, file, jobs, table } from './testing/read-files.ts'

afterAll(jobs.close)

const content = ['a,b', ...Array.from({ length: 40_000 }, (_, row) => `${row},${(row * 7919) % 10_007}`), ''].join('\n')
const zipped = gzipSync(content)
const flipped = (at: number): Buffer => {
  const copy = Buffer.from(zipped)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

test.each([
  ['cut in the middle', zipped.subarray(0, zipped.length >> 1), /the gzip file ends in the middle/],
  ['cut before its checksum', zipped.subarray(0, -8), /the gzip file ends in the middle/],
  ['with a wrong checksum', flipped(zipped.length - 6), /the gzip file is damaged \(incorrect data check\)/],
  ['with a wrong bit', flipped(zipped.length >> 1), /the gzip file is damaged/],
  ['of zstd, cut', zstdCompressSync(content).subarray(0, 20_000), /the zstd file ends in the middle/],
  ['JSON, cut', gzipSync('{"a":1}\n{"a":2}\n').subarray(0, -4), /the gzip file ends in the middle/],
])('a compressed file %s is refused, however its types are found', async (_, bytes, message) => {
  const path = file(bytes, 'rides.gz')
  expect(await failure(path)).toMatch(message)
  expect(await failure(path, { types: { a: 'BIGINT' } })).toMatch(message)
})

test('two gzip members are one file', async () => {
  expect((await table(file(Buffer.concat([zipped, gzipSync('1,2\n')])))).rows).toBe(40_001)
})

test('a cut file that is written somewhere fails at the task that reads it', async () => {
  const path = join(jobs.folder, 'cut.csv.gz')
  writeFileSync(path, zipped.subarray(0, zipped.length >> 1))
  const types = { a: 'BIGINT', b: 'BIGINT' }
  const { outcomes } = await jobs.run([{ type: tableRead, with: { path, types } }, { type: tableWrite }])
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'returned'])
  expect(outcomes[0]?.outcome).toMatchObject({ failure: { message: containing(/ends in the middle/) } })
})

test('a huge last line without an end is refused in gzip too', async () => {
  const types = { a: 'VARCHAR' }
  expect(await failure(file(gzipSync(`a\nx\ny\n${'z'.repeat(9_000_000)}`)), { types })).toMatch(/longer than 2 MB/)
})
