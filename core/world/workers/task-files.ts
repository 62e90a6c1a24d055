import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Files } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { RunFactsOfFlow } from '#core/model/run-facts.ts'
import { taskRunFolder } from '#core/model/task-run-key.ts'
import type { Masker } from '#core/world/masking/masker.ts'
import { outputFiles } from './output-files.ts'

/** The files of one task run. Its folders are made when they are first asked for: most tasks need none. */
export const taskFiles = (flow: RunFactsOfFlow, taskRun: string, masker: Masker): Files => {
  const scratch = folder(flow.scratch, taskRun)
  const results = folder(flow.results, taskRun)
  return {
    get scratch() {
      return scratch()
    },
    get results() {
      return results()
    },
    resolve: (path) => resolve(flow.flowFolder, path),
    handle: async (path, options = {}) => {
      const found = await stat(path).catch((cause: unknown) => {
        throw new Refused(
          { code: 'not-found', message: `There is no file “${path}”. Was it made, and is its name right?` },
          { cause },
        )
      })
      if (!found.isFile())
        throw new Refused({ code: 'invalid', message: `“${path}” is no file but a folder or a device. Name a file.` })
      const sha256 = options.sha256 === true ? await hashFile(path) : null
      return { kind: 'file', path, name: options.name ?? basename(path), bytes: found.size, sha256 }
    },
    clear: async () => {
      for (const path of [scratch(), results()]) await empty(path)
    },
    note: async (name, text) => {
      const path = join(scratch(), name)
      await writeFile(path, text, { mode: 0o600 })
      return path
    },
    makeOutputs: async () => {
      const path = join(results(), 'outputs')
      await mkdir(path, { recursive: true })
      return { path, files: () => outputFiles(path, masker) }
    },
  }
}

const folder = (parent: string, taskRun: string): (() => string) => {
  let made: string | null = null
  return () => {
    if (made === null) {
      made = join(parent, taskRunFolder(taskRun))
      mkdirSync(made, { recursive: true })
    }
    return made
  }
}

const empty = async (path: string): Promise<void> => {
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true, maxRetries: 3 })
}

const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}
