import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

const service = 'org.freedesktop.secrets'
const collection = '/org/freedesktop/secrets/aliases/default'
const property = ['org.freedesktop.Secret.Collection', 'Locked'] as const
const get = 'org.freedesktop.DBus.Properties.Get'

/** Reading a property opens no prompt. One of these is on every desktop. */
const programs: readonly (readonly [string, readonly string[]])[] = [
  ['gdbus', ['call', '--session', '--dest', service, '--object-path', collection, '--method', get, ...property]],
  [
    'dbus-send',
    ['--session', '--print-reply', `--dest=${service}`, collection, get, ...property.map((one) => `string:${one}`)],
  ],
  ['busctl', ['--user', 'get-property', service, collection, ...property]],
]

/** Milliseconds. */
const patience = 2000

/**
 * Whether the keychain can be read now without a prompt; null where nothing tells. On macOS it is unlocked by signing in,
 * and what wrote an item may read it; Windows never asks.
 */
export const unlockedOn =
  (platform: NodeJS.Platform, env: Readonly<Record<string, string>>) => async (): Promise<boolean | null> => {
    if (platform === 'darwin' || platform === 'win32') return true
    for (const [program, args] of programs) {
      const answer = await run(program, args, { env, timeout: patience }).catch(() => null)
      const locked = /\b(true|false)\b/.exec(answer?.stdout ?? '')?.[1]
      if (locked !== undefined) return locked === 'false'
    }
    return null
  }
