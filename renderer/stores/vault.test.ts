import { beforeEach, expect, test } from 'vitest'
import type { SecretsMoved, SecretsReport } from '#core/model/reports.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { moveSecrets, readVault, useVault } from './vault.ts'

const keychain: SecretsReport = { backend: 'keychain', state: 'timed-out', message: 'No answer.' }
const vault: SecretsReport = { backend: 'vault', state: 'ready', message: 'Ready.' }

/** An engine that answers questions of the place for secrets when told to. */
const engineThatWaits = (moved?: SecretsMoved) => {
  const answers: ((report: SecretsReport) => void)[] = []
  const system = {
    secrets: () => new Promise<SecretsReport>((resolve) => answers.push(resolve)),
    moveSecrets: () => Promise.resolve(moved),
  }
  const engine = { client: { system } } as unknown as Engine
  return { engine, answer: (index: number, report: SecretsReport) => answers[index]?.(report), answers }
}

beforeEach(() => useVault.setState(useVault.getInitialState(), true))

test('an earlier look that is slow says nothing over the report of the place that was chosen since', async () => {
  const { engine, answer } = engineThatWaits()
  const early = readVault(engine)
  const late = readVault(engine)
  answer(1, vault)
  await late
  answer(0, keychain)
  await early
  expect(useVault.getState().report).toEqual(vault)
})

test('an earlier look tells while a later one has no answer', async () => {
  const { engine, answer } = engineThatWaits()
  const early = readVault(engine)
  const late = readVault(engine)
  answer(0, keychain)
  await early
  expect(useVault.getState().report).toEqual(keychain)
  answer(1, vault)
  await late
  expect(useVault.getState().report).toEqual(vault)
})

test('what a move could not find in either place is named, to be set again', async () => {
  const lost = ['block:secret/token#value']
  const { engine, answer, answers } = engineThatWaits({ to: 'vault', moved: 2, left: 0, lost })
  const move = moveSecrets(engine, 'vault')
  await expect.poll(() => answers.length).toBe(1)
  answer(0, vault)
  await move
  expect(useVault.getState()).toMatchObject({ report: vault, check: { checked: 3, lost, elsewhere: [], unknown: [] } })
})
