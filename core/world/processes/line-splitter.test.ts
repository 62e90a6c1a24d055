import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestLine } from '#core/model/log-line.ts'
import { createLineSplitter } from './line-splitter.ts'

const linesOf = (...chunks: (string | Buffer)[]): string[] => {
  const splitter = createLineSplitter()
  return [...chunks.flatMap((chunk) => splitter.write(Buffer.from(chunk))), ...splitter.end()]
}

test('lines come whole across chunk borders, the last one also without an end', () => {
  expect(linesOf('one\ntw', 'o\n\nth', 'ree')).toEqual(['one', 'two', '', 'three'])
  expect(linesOf('one\n')).toEqual(['one'])
  expect(linesOf('')).toEqual([])
})

test('a carriage return before a line feed is no part of the line', () => {
  expect(linesOf('one\r\ntwo\r', '\nthree\r\r\n')).toEqual(['one', 'two', 'three'])
})

test('of a line written over with carriage returns the last state remains', () => {
  expect(linesOf('10 %\r20 %\r30 %\ndone\n')).toEqual(['30 %', 'done'])
  expect(linesOf('10 %\r', '20 %\r', '30 %', '\r\n')).toEqual(['30 %'])
  expect(linesOf('\r10 %', '\r20 %', '\r30 %\nnext')).toEqual(['30 %', 'next'])
})

test('a progress bar that never ends its line does not fill up', () => {
  const splitter = createLineSplitter()
  for (let step = 0; step < 30_000; step += 1) splitter.write(Buffer.from(`step ${step}\r`))
  expect(splitter.end()).toEqual(['step 29999'])
})

test('what is not UTF-8 becomes U+FFFD and the rest of the line survives', () => {
  expect(linesOf(Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xc3, 0x28, 0x0a]))).toEqual(['a\ufffdb', '\ufffd('])
  expect(linesOf(Buffer.from('gr'), Buffer.from([0xc3]), Buffer.from([0xbc]), 'n\n')).toEqual(['grün'])
})

test('a line over 64 KiB is cut, says so, and the next line is whole', () => {
  for (const size of [1000, 70_000, 1_000_000]) {
    const text = 'x'.repeat(longestLine + 100) + '\nnext\n'
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
      text.slice(index * size, (index + 1) * size),
    )
    const [line = '', next] = linesOf(...chunks)
    expect(line).toMatch(/^x{65000,} … \(cut: the line has 65,636 bytes\)$/)
    expect(Buffer.byteLength(line)).toBe(longestLine)
    expect(next).toBe('next')
  }
})

test('a cut does not split a character, and asks what to do with the end', () => {
  const splitter = createLineSplitter((text) => text.replace(/ü$/, '<end>'))
  const [line = ''] = splitter.write(Buffer.from('x' + 'ü'.repeat(longestLine / 2) + '\n'))
  expect(line).toMatch(/^xü{32000,}<end> … \(cut: the line has 65,537 bytes\)$/)
})

test('a long line that is not UTF-8 is cut once, though what stands for its bytes is longer', () => {
  const [line = ''] = linesOf(Buffer.alloc(100_000, 0xff), '\n')
  expect(line).toMatch(/^\ufffd+ … \(cut: the line has [\d,]+ bytes\)$/)
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(longestLine)
})

test('lines are the same however the bytes are cut into chunks', () => {
  const text = fc
    .array(fc.constantFrom('a', 'ü', '\n', '\r', '\r\n', '漢', 'b\n', '🌍'), { maxLength: 60 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (whole, sizes) => {
      const bytes = Buffer.from(whole)
      const chunks: Buffer[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1
        chunks.push(bytes.subarray(at, at + size))
        at += size
      }
      expect(linesOf(...chunks)).toEqual(linesOf(bytes))
    }),
  )
})
