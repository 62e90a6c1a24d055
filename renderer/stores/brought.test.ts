import { expect, test } from 'vitest'
import { holdsBlocks } from './brought.ts'

test.each([
  ['# Blocks of Millrace, without their secrets.\nmillrace_blocks: 1\nblocks: []\n', true],
  ['millrace: 1\nname: rides\n', false],
  ['millrace: 1\nname: x\n# millrace_blocks: 1\n', false],
])('%j is exported blocks: %s', (text, isBlocks) => {
  expect(holdsBlocks(text)).toBe(isBlocks)
})
