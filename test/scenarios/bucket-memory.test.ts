import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { googlePlace, type GooglePlace } from './google.ts'
import { start } from './millrace.ts'

const mebibyte = 2 ** 20

const numberIn = (text: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)

/** The most that any process below this one has had so far, in bytes; one that is just ending counts nothing. */
const peakBelow = (ancestor: number): number => {
  const parents = new Map<number, { parent: number; peak: number }>()
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      parents.set(Number(name), { parent: numberIn(status, 'PPid'), peak: numberIn(status, 'VmHWM') * 1024 })
    } catch {
      // It has ended since.
    }
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent ?? 0
    return parent === ancestor || (parent > 1 && isBelow(parent))
  }
  return Math.max(0, ...[...parents].filter(([pid]) => isBelow(pid)).map(([, { peak }]) => peak))
}

/** What the workers of a run took at most. */
const peakOf = async ({ space, env }: GooglePlace, flow: string): Promise<number> => {
  const command = start(['run', flow, '--json'], { home: space.home, cwd: space.folder, env })
  let peak = 0
  const look = setInterval(() => {
    peak = Math.max(peak, peakBelow(command.pid))
  }, 25)
  const ended = await command.ended
  clearInterval(look)
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(peak).toBeGreaterThan(0)
  return peak
}

test.skipIf(process.platform !== 'linux')(
  'memory does not grow with the bytes that go into a bucket and come out of it',
  async () => {
    const place = await googlePlace()
    const { space } = place
    const moving = async (name: string, size: number) => {
      await writeFile(space.path(`${name}.bin`), Buffer.alloc(size, name))
      return space.flow(
        name,
        `tasks:
  file: { type: http.download, with: { url: ${name}.bin } }
  up: { type: storage.upload, inputs: { files: file.file }, with: { storage: block:gcs-bucket/zoom-gcs, to: bytes/ } }
  down: { type: storage.download, after: [up], with: { storage: block:gcs-bucket/zoom-gcs, object: bytes/${name}.bin } }
`,
      )
    }
    const small = await peakOf(place, await moving('small', mebibyte))
    const large = await peakOf(place, await moving('large', 320 * mebibyte))
    expect(large - small).toBeLessThan(160 * mebibyte)
  },
)
