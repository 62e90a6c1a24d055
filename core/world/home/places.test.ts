import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { defaultHome } from './default-home.ts'
import { socketPath } from './socket-path.ts'
import { throwAwayFolder } from './testing/throw-away.ts'

test('the default home is where the operating system keeps data of applications', () => {
  const user = join('/', 'users', 'ada')
  expect(defaultHome({ platform: 'linux', env: {}, user })).toBe(join(user, '.local/share/millrace'))
  expect(defaultHome({ platform: 'linux', env: { XDG_DATA_HOME: '/data' }, user })).toBe(join('/data', 'millrace'))
  expect(defaultHome({ platform: 'darwin', env: {}, user })).toBe(join(user, 'Library/Application Support/Millrace'))
  expect(defaultHome({ platform: 'win32', env: { LOCALAPPDATA: '/local' }, user })).toBe(join('/local', 'Millrace'))
  expect(defaultHome({ platform: 'linux', env: { MILLRACE_HOME: 'there' }, user })).toBe(resolve('there'))
})

test.skipIf(process.platform === 'win32')(
  'the socket lies in the home, or in a private folder when its path would be too long',
  () => {
    const short = throwAwayFolder()
    expect(socketPath(short)).toBe(join(short, 'engine.sock'))
    const long = join(throwAwayFolder(), 'x'.repeat(60), 'y'.repeat(60))
    mkdirSync(long, { recursive: true })
    const path = socketPath(long)
    expect(path.length).toBeLessThanOrEqual(100)
    expect(path.startsWith(long)).toBe(false)
    expect(socketPath(join(long, '..', 'y'.repeat(60)))).toBe(path)
  },
)
