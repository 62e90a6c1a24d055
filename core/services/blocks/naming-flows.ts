import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { blocksNamedIn, renameBlock, type NamedBlock } from '#core/flow/edit/block-names.ts'
import { formatBlockReference } from '#core/model/block-reference.ts'
import type { BlockUses, FlowUse } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import type { BlockRename, StateStore } from '#core/model/store.ts'
import type { DraftsService } from '#core/services/flows/drafts.ts'
import { blockReferencesIn } from '#core/services/runs/block-references.ts'

/** The flows and runs that may name blocks. */
export type NamingFlows = {
  /** By reference. `known` are looked for also in a text that is no YAML just now. */
  uses(known: readonly string[]): Promise<ReadonlyMap<string, readonly FlowUse[]>>
  /** By reference, the runs that have not ended. */
  runs(): ReadonlyMap<string, BlockUses['runs']>
  /** Refuses, before anything is changed, where a flow cannot follow. `follow` writes; done twice it does nothing more. */
  planRename(rename: BlockRename): Promise<{ readonly flows: readonly string[]; follow(): Promise<void> }>
}

type NamingFlowsWorld = {
  readonly store: Pick<StateStore, 'unfinished' | 'document'>
  readonly drafts: Pick<DraftsService, 'files' | 'rewrite'>
  /** `HOME/flows`. */
  readonly library: string
}

type FlowFile = { readonly file: string; readonly library: string | null; readonly name: string; readonly text: string }

export const namingFlows = (world: NamingFlowsWorld): NamingFlows => ({
  uses: usesRemembered(world),
  runs: () => runsByBlock(world),
  planRename: async (rename) => {
    const named: FlowFile[] = []
    const reference = formatBlockReference({ type: rename.type, name: rename.from })
    for (const flow of await flowFiles(world)) {
      if (!placesByBlock(flow.text, [reference]).has(reference)) continue
      tryRename(flow, rename)
      named.push(flow)
    }
    const follow = async () => {
      for (const { file } of named) await world.drafts.rewrite(file, (text) => renameBlock(text, rename))
    }
    return { flows: named.map(({ name }) => name), follow }
  },
})

/** A list of blocks is asked for often, and flows change seldom: what a text names is kept while it stays the same. */
const usesRemembered = (world: NamingFlowsWorld): NamingFlows['uses'] => {
  let remembered: ReadonlyMap<string, Places> = new Map()
  return async (known) => {
    const uses = new Map<string, FlowUse[]>()
    const read = new Map<string, Places>()
    for (const { text, ...flow } of await flowFiles(world)) {
      const readable = remembered.get(text) ?? placesIn(text)
      if (readable) read.set(text, readable)
      for (const [reference, places] of readable ?? standingIn(text, known)) {
        const all = uses.get(reference) ?? []
        uses.set(reference, all)
        all.push({ ...flow, places: places.map(({ task, path: at }) => ({ task, path: at })) })
      }
    }
    remembered = read
    return uses
  }
}

const tryRename = ({ name, text }: FlowFile, rename: BlockRename): void => {
  try {
    renameBlock(text, rename)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const message = `The flow “${name}” cannot follow the new name. ${error.message}`
    throw new Refused({ ...error.failure, message }, { cause: error })
  }
}

const flowFiles = async ({ drafts, library }: NamingFlowsWorld): Promise<readonly FlowFile[]> => {
  const names = await readdir(library).catch(() => [])
  const inLibrary = names.filter((name) => name.endsWith('.yaml')).map((name) => path.join(library, name))
  const files = [...new Set([...inLibrary, ...drafts.files()])]
  const read = files.map(async (file) => {
    const text = await readFile(file, 'utf8').catch(() => null)
    const isLibrary = path.dirname(file) === path.resolve(library)
    const name = isLibrary ? path.basename(file, '.yaml') : file
    return text === null ? [] : [{ file, library: isLibrary ? name : null, name, text }]
  })
  return (await Promise.all(read)).flat().toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

type Places = ReadonlyMap<string, readonly NamedBlock[]>

/** By reference; null for a text that cannot be read. */
const placesIn = (text: string): Places | null => {
  try {
    return Map.groupBy(blocksNamedIn(text), formatBlockReference)
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}

/** A text that cannot be read names what stands in it, wherever that is. */
const standingIn = (text: string, known: readonly string[]): Places =>
  new Map(known.filter((reference) => stands(text, reference)).map((reference) => [reference, []]))

const placesByBlock = (text: string, known: readonly string[]): Places => placesIn(text) ?? standingIn(text, known)

const stands = (text: string, reference: string): boolean =>
  text.split(reference).some((rest, index) => index > 0 && !/^[\w-]/.test(rest))

const runsByBlock = ({ store }: NamingFlowsWorld): ReadonlyMap<string, BlockUses['runs']> => {
  const runs = new Map<string, { flowRun: string; name: string }[]>()
  for (const { id, name, document, parameters } of store.unfinished()) {
    const text = store.document(document)?.text ?? ''
    const references = new Set([...placesByBlock(text, []).keys(), ...blockReferencesIn(parameters)])
    for (const reference of references) runs.set(reference, [...(runs.get(reference) ?? []), { flowRun: id, name }])
  }
  return runs
}
