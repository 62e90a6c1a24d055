import { expect, test } from 'vitest'
import { factsOfToken } from './token-facts.ts'

const tokenOf = (claims: unknown): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

test('a JSON Web Token says until when it is valid, and nothing of it is shown', () => {
  // Some claims need the letters in which base64url differs.
  const token = tokenOf({ sub: 'ÿþ?>~', exp: 1_800_000_000 })
  expect(factsOfToken(token)).toEqual({ shown: {}, expiresAt: 1_800_000_000_000 })
  expect(factsOfToken(` ${token}\n`).expiresAt).toBe(1_800_000_000_000)
})

test.each(['plain', 'a.b.c', tokenOf({}), tokenOf({ exp: 'soon' }), tokenOf(null), tokenOf([1]), 'www.example.org'])(
  'what says nothing of its end has none: %s',
  (token) => {
    expect(factsOfToken(token)).toEqual({ shown: {}, expiresAt: null })
  },
)
