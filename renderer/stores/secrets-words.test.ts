import { expect, test } from 'vitest'
import type { SecretsReport } from '#core/model/reports.ts'
import { remediesOf, textOfSecrets, titleOfSecrets } from './secrets-words.ts'

/** As the engine says it, for a terminal. */
const message = 'It does not answer; keep secrets elsewhere: millrace config set secrets=vault (It said: no such file.)'

const troubles: readonly Omit<SecretsReport, 'message'>[] = [
  { backend: 'none', state: 'absent', remedies: ['use-keychain', 'use-vault'] },
  { backend: 'none', state: 'absent', remedies: ['use-vault', 'retry'] },
  { backend: 'keychain', state: 'no-service', remedies: ['use-vault', 'retry'] },
  { backend: 'keychain', state: 'denied', remedies: ['unlock', 'use-vault'] },
  { backend: 'keychain', state: 'not-installed', remedies: ['use-vault'] },
  { backend: 'vault', state: 'locked', remedies: ['unlock'] },
  { backend: 'vault', state: 'locked', isNew: true, remedies: ['unlock'] },
  { backend: 'keychain', state: 'ready', moving: 'vault', remedies: ['finish-move'] },
]

test.each(troubles)(
  '$backend $state: the screen says what is so and what to do, without a command to type',
  (report) => {
    const text = textOfSecrets({ ...report, message })
    expect(text).not.toContain('millrace ')
    expect(text.length).toBeGreaterThan(20)
    expect(remediesOf({ ...report, message })).not.toEqual([])
  },
)

test('each trouble has a title of its own', () => {
  const states = ['locked', 'no-service', 'denied', 'timed-out', 'not-installed', 'ready'] as const
  const titles = states.map((state) => titleOfSecrets({ backend: 'keychain', state, message }))
  expect(new Set(titles).size).toBe(states.length)
})

test('what the system said stays readable', () => {
  expect(textOfSecrets({ backend: 'keychain', state: 'no-service', message })).toContain('(It said: no such file.)')
})
