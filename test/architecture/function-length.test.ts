import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from '#test/run/step.ts'
import { functionLengths } from './function-length.ts'

const longest = 50

test('a function is measured without the functions inside it', () => {
  const text = [
    'const outer = () => {',
    '  const inner = () => {',
    '    one()',
    '    two()',
    '  }',
    '  return inner',
    '}',
    '// ä',
    'function last() {',
    '  return 1',
    '}',
  ].join('\n')
  expect(functionLengths(text)).toEqual([
    { line: 2, lines: 4 },
    { line: 1, lines: 4 },
    { line: 9, lines: 3 },
  ])
})

test(`no function is longer than ${longest} lines`, () => {
  const files = globSync(['{core,electron,test}/**/*.ts', 'renderer/**/*.{ts,tsx}'], { cwd: root }).filter(
    (file) => !/\.test\.ts$|-suite\.ts$|\/testing\//.test(file),
  )
  expect(files.length).toBeGreaterThan(200)
  const long = files.flatMap((file) =>
    functionLengths(readFileSync(path.join(root, file), 'utf8'), { tsx: file.endsWith('.tsx') })
      .filter(({ lines }) => lines > longest)
      .map(({ line, lines }) => `${file}:${line} has ${lines} lines`),
  )
  expect(long).toEqual([])
})
