import { expect, test } from 'vitest'
import { piecesOf, plainText } from './ansi.ts'

const esc = '\u001b'

test('colours and bold are kept, other escapes left out', () => {
  const line = `a ${esc}[31mred ${esc}[1mbold${esc}[0m b${esc}[2K${esc}[94mblue`
  expect(piecesOf(line)).toEqual([
    { text: 'a ', colour: null, bold: false },
    { text: 'red ', colour: 1, bold: false },
    { text: 'bold', colour: 1, bold: true },
    { text: ' b', colour: null, bold: false },
    { text: 'blue', colour: 4, bold: false },
  ])
  expect(plainText(line)).toBe('a red bold bblue')
})

test('a line without escapes is one piece', () => {
  expect(piecesOf('[31m')).toEqual([{ text: '[31m', colour: null, bold: false }])
})
