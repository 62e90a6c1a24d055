import { expect, test } from 'vitest'
import { markNumbers, unmarked } from './json-numbers.ts'

const json =
  '{"a":12345678901234567.89,"b\\"1234567890.12345678":[-0.12345678901234567,1.5e3],"c":"9.99999999999999999\\\\","d":1}'

test('numbers of many digits are marked, wherever the text is cut, and texts are left alone', () => {
  for (let cut = 0; cut <= json.length; cut += 1) {
    const { take, end } = markNumbers()
    const made = take(json.slice(0, cut)) + take(json.slice(cut)) + end()
    expect(made).toContain('"a":"millrace-number:12345678901234567.89"')
    expect(made).toContain('["millrace-number:-0.12345678901234567",1.5e3]')
    expect(made).toContain('"c":"9.99999999999999999\\\\"')
    expect(unmarked(made)).toBe(json)
  }
})
