import type { Catalogue } from '#core/kinds/catalogue.ts'
import type {
  Block,
  BlockEdit,
  BlockTypeSummary,
  ImportResult,
  NewBlock,
  ResolvedBlock,
  TestStage,
} from '#core/model/block.ts'
import type { StateStore } from '#core/model/store.ts'
import { inTurn } from '#core/model/in-turn.ts'
import type { Secrets } from '#core/model/secrets.ts'
import { exportBlocks, importBlocks } from './block-yaml.ts'
import { describeBlock, describeType, findBlock, findType, parsedSettings } from './find-block.ts'
import { readSecret } from './read-secret.ts'
import { reconcileSecrets } from './reconcile-secrets.ts'
import { blockRowOf, type StoredBlock } from './stored-block.ts'
import { testBlock } from './test-block.ts'
import { createBlock, deleteBlock, editBlock, newBlock, renameBlock, duplicateBlock } from './write-block.ts'

export type BlocksWorld = {
  readonly home: { readonly id: string; readonly dir: string }
  readonly catalogue: Pick<Catalogue, 'blocks'>
  readonly store: StateStore['blocks']
  readonly secrets: Secrets
  /** Told every secret value before it is handed out. */
  readonly masker: { add(value: string): boolean; mask(text: string): string }
  now(): number
  newId(): string
}

/** A block is named by its reference, `block:type/name` or `type/name`. */
export type BlocksService = {
  types(): readonly BlockTypeSummary[]
  /** In the order of type and name. */
  list(): Promise<readonly Block[]>
  inspect(block: string): Promise<Block>
  create(block: NewBlock): Promise<Block>
  edit(block: string, edit: BlockEdit): Promise<Block>
  rename(block: string, name: string): Promise<Block>
  /** With its secrets. */
  duplicate(block: string, name: string): Promise<Block>
  delete(block: string): Promise<void>
  /** One stage at a time, as it ends. */
  test(block: string, signal: AbortSignal): AsyncIterable<TestStage>
  /** YAML without secrets; all blocks when none is named. */
  exportYaml(blocks: readonly string[]): Promise<string>
  importYaml(text: string): Promise<ImportResult>
  resolve(block: string): Promise<ResolvedBlock>
  /** `#field` may be left out where the type has only one secret field. */
  readSecret(block: string): Promise<string>
  /** Deletes secrets that no block uses; those of a place that is not ready are left for the next start. */
  reconcile(): Promise<{ readonly removed: number; readonly left: number }>
  /** The blocks every home begins with; nothing is done once there is any block. */
  createDefaults(): Promise<void>
}

export const blocksService = (world: BlocksWorld): BlocksService => {
  const turn = inTurn()
  const described = (block: StoredBlock): Promise<Block> => describeBlock(world, blockRowOf(block))
  const saved = (step: () => Promise<StoredBlock>): Promise<Block> => turn(async () => described(await step()))
  return {
    types: () =>
      [...world.catalogue.blocks.values()].map(describeType).toSorted((a, b) => a.title.localeCompare(b.title)),
    list: async () => Promise.all((await world.store.list()).map((row) => describeBlock(world, row))),
    inspect: async (block) => described(await findBlock(world, block)),
    create: (block) => saved(() => createBlock(world, block)),
    edit: (block, edit) => saved(() => editBlock(world, block, edit)),
    rename: (block, name) => saved(() => renameBlock(world, block, name)),
    duplicate: (block, name) => saved(() => duplicateBlock(world, block, name)),
    delete: (block) => turn(() => deleteBlock(world, block)),
    test: (block, signal) => testBlock(world, block, signal),
    exportYaml: (blocks) => exportBlocks(world, blocks),
    importYaml: (text) => turn(() => importBlocks(world, text)),
    resolve: async (text) => {
      const block = await findBlock(world, text)
      const settings = parsedSettings(findType(world, block.type), block)
      return { type: block.type, id: block.id, settings, secretVersions: block.secrets }
    },
    readSecret: (block) => readSecret(world, block),
    reconcile: () => turn(() => reconcileSecrets(world)),
    createDefaults: () => turn(() => createDefaultBlocks(world)),
  }
}

const defaults: readonly NewBlock[] = [
  { type: 'local-file-system', name: 'lake', settings: { path: 'lake' } },
  { type: 'duckdb', name: 'warehouse', settings: { path: 'warehouse.duckdb' } },
]

const createDefaultBlocks = async (world: BlocksWorld): Promise<void> => {
  if ((await world.store.list()).length > 0) return
  // All at once: a start that died between them would leave some for good.
  await world.store.commit(...defaults.map((block) => ({ put: blockRowOf(newBlock(world, block)) })))
}
