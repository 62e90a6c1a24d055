import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { readFlow, type FlowReading } from '#core/flow/read-flow.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import { formatBlockReference, parseBlockPath } from '#core/model/block-reference.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowSource } from '#core/model/flow-library.ts'
import type { StateStore } from '#core/model/store.ts'

/** A flow's text with where it came from. */
export type FlowText = {
  readonly text: string
  /** SHA-256 of the text and of the types it is read with: another version of Millrace may read it otherwise. */
  readonly hash: string
  readonly file: string | null
  /** Relative paths in the flow mean this folder. */
  readonly folder: string
}

export type FlowReader = {
  locate(source: FlowSource): Promise<FlowText>
  /** All problems, with the blocks and files that exist now. */
  read(flow: FlowText): Promise<FlowReading>
  /** The document of a flow that has no errors, kept by its hash; refuses with all its problems otherwise. */
  document(flow: FlowText): Promise<FlowDocument>
}

export type FlowReaderWorld = {
  readonly catalogue: Catalogue
  readonly store: Pick<StateStore, 'document' | 'putDocument' | 'blocks'>
  /** `HOME/flows`. */
  readonly library: string
  /** The files of a repository, by its block, as they are now. */
  checkout(reference: string): Promise<string>
}

/** Names of flows that may be file names: nothing that could leave the library's folder. */
const libraryName = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,200}$/u

export const libraryFile = (library: string, name: string): string => {
  if (!libraryName.test(name)) {
    throw new Refused({
      code: 'invalid',
      message: `“${name}” cannot be the name of a flow in the library. Use letters, digits, spaces, dots, dashes.`,
    })
  }
  return path.join(library, `${name}.yaml`)
}

export const createFlowReader = ({ catalogue, store, library, checkout }: FlowReaderWorld): FlowReader => {
  const types = [...catalogue.tasks.values()].map(({ type, version }) => `${type}@${version}`).join(' ')
  const hashOf = (text: string): string => createHash('sha256').update(`${types}\n${text}`).digest('hex')

  const locate = async (source: FlowSource): Promise<FlowText> => {
    if (source.from === 'text') {
      return { text: source.text, hash: hashOf(source.text), file: null, folder: source.folder ?? library }
    }
    const file = source.from === 'file' ? await fileOf(source) : libraryFile(library, source.name)
    const text = await readText(file, source)
    return { text, hash: hashOf(text), file, folder: path.dirname(file) }
  }

  const fileOf = async ({ path: text, cwd }: { path: string; cwd: string }): Promise<string> => {
    const inRepository = parseBlockPath(text)
    if (!inRepository) return path.resolve(cwd, text)
    return fileIn(await checkout(inRepository.reference), inRepository.path)
  }

  const read = async (flow: FlowText): Promise<FlowReading> => {
    const blocks = new Set((await store.blocks.list()).map(formatBlockReference))
    return readFlow(flow.text, {
      catalogue,
      ...(flow.file !== null && { file: flow.file }),
      blockExists: (reference) => blocks.has(formatBlockReference(reference)),
      flowExists: (name) => existsSync(flowPath(flow.folder, library, name)),
    })
  }

  const document = async (flow: FlowText): Promise<FlowDocument> => {
    const stored = store.document(flow.hash)
    if (stored) {
      // The clean-up may have dropped it from the disk since it was read.
      store.putDocument(stored)
      return stored.document
    }
    const { document: checked, problems } = await read(flow)
    if (!checked) throw refusalOf(flow, problems.filter(({ severity }) => severity === 'error').length)
    store.putDocument({ hash: flow.hash, text: flow.text, document: checked })
    return checked
  }

  return { locate, read, document }
}

/** Paths are from the root of a repository and lead nowhere else. */
const fileIn = (folder: string, name: string): string => {
  const file = path.resolve(folder, name)
  if (file.startsWith(folder + path.sep)) return file
  throw new Refused({ code: 'denied', message: `“${name}” leads out of the repository. Give a path from its root.` })
}

/** A subflow is a path relative to the flow's folder, or a name in the library. */
export const flowPath = (folder: string, library: string, name: string): string =>
  /\.(ya?ml|millrace)$/.test(name) ? path.resolve(folder, name) : libraryFile(library, name)

const readText = async (file: string, source: Exclude<FlowSource, { from: 'text' }>): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const message =
      source.from === 'file'
        ? `The flow file ${source.path} cannot be read. Is the path right?`
        : `The library has no flow “${source.name}”.`
    const about = source.from === 'library' ? ({ about: 'flow' } as const) : {}
    throw new Refused({ code: 'not-found', message, ...about }, { cause })
  }
}

const refusalOf = (flow: FlowText, errors: number): Refused =>
  new Refused({
    code: 'invalid',
    about: 'flow',
    message: `The flow ${flow.file ?? ''} has ${errors} ${errors === 1 ? 'problem' : 'problems'} and was not started.`,
  })
