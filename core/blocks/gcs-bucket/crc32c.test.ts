import { CRC32C } from '@google-cloud/storage'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c, crc32cText } from './crc32c.ts'

test('the checksum of the nine digits is the published one', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32cText(0)).toBe('AAAAAA==')
})

test('it is what Google’s client computes, wherever bytes begin and however they are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(5), (bytes, cut, offset) => {
      const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset)
      const theirs = new CRC32C()
      theirs.update(Buffer.from(bytes))
      const ours = crc32c(shifted.subarray(cut), crc32c(shifted.subarray(0, cut)))
      expect(crc32cText(ours)).toBe(theirs.toString())
    }),
  )
})
