import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { takePassphrase } from '#core/server/take-passphrase.ts'
import { readPassphrase, type Terminal } from './read-passphrase.ts'

const nowhere = { descriptor: null, environment: null, terminal: null }
const once = { prompt: 'Passphrase: ', twice: false }

/** A terminal on which somebody types; it records what is shown and whether echo was off. */
const terminal = (...typed: readonly (string | Buffer)[]) => {
  const raw: boolean[] = []
  const input: Terminal['input'] = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => raw.push(on) })
  const output = new PassThrough()
  for (const keys of typed) input.push(keys)
  return { sources: { ...nowhere, terminal: { input, output } }, raw, shown: () => String(output.read() ?? '') }
}

test('the environment is read once and emptied', () => {
  const environment: NodeJS.ProcessEnv = { MILLRACE_VAULT_PASSPHRASE: 'correct horse', PATH: '/bin' }
  expect(takePassphrase(environment)).toBe('correct horse')
  expect(environment).toEqual({ PATH: '/bin' })
  expect(takePassphrase(environment)).toBeNull()
})

test('a file descriptor comes first, and its first line counts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-passphrase-'))
  writeFileSync(join(folder, 'file'), 'from a file\r\nmore\n')
  const descriptor = openSync(join(folder, 'file'), 'r')
  expect(await readPassphrase({ ...nowhere, descriptor, environment: 'other' }, once)).toBe('from a file')
  closeSync(descriptor)
  rmSync(folder, { recursive: true })
})

test('a file descriptor that is not open is refused with what to do', async () => {
  await expect(readPassphrase({ ...nowhere, descriptor: 999 }, once)).rejects.toThrow('file descriptor 999')
})

test('what is typed is not shown, and keys for mending work', async () => {
  const { sources, raw, shown } = terminal(
    'wrong\u0015cox\u007frr',
    '\u001b[Dect h',
    Buffer.from('ü').subarray(0, 1),
    Buffer.from('ü').subarray(1),
    '\r',
  )
  expect(await readPassphrase(sources, once)).toBe('corrrect hü'.replace('rrr', 'rr'))
  expect(shown()).toBe('Passphrase: \n')
  expect(raw).toEqual([true, false])
})

test('a new passphrase is asked for twice and must be the same', async () => {
  expect(await readPassphrase(terminal('correct horse\rcorrect horse\r').sources, { ...once, twice: true })).toBe(
    'correct horse',
  )
  await expect(readPassphrase(terminal('one\rtwo\r').sources, { ...once, twice: true })).rejects.toThrow('differ')
})

test('Ctrl-C gives up and puts the terminal back', async () => {
  const { sources, raw } = terminal('abc\u0003')
  await expect(readPassphrase(sources, once)).rejects.toMatchObject({ failure: { code: 'cancelled' } })
  expect(raw).toEqual([true, false])
})

test('where nobody can be asked there is no passphrase', async () => {
  expect(await readPassphrase(nowhere, once)).toBeNull()
})
