import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Files } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { RunFactsOfFlow } from '#core/model/run-facts.ts'
import { taskRunFolder } from '#core/model/task-run-key.ts'

/** The files of one task run. Its folders are made when they are first asked for: most tasks need none. */
export const taskFiles = (flow: RunFactsOfFlow, taskRun: string): Files => {
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

const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}
