import type { Http } from '#core/kinds/http/http.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import type {
  Block,
  BlockEdit,
  BlockTypeSummary,
  BlockUses,
  ImportResult,
  NewBlock,
  RenamedBlock,
  ResolvedBlock,
  SecretFacts,
  SentTest,
  TestStage,
} from '#core/model/block.ts'
import type { StateStore } from '#core/model/store.ts'
import { inTurn } from '#core/model/in-turn.ts'
import type { Secrets } from '#core/model/secrets.ts'
import { checkoutOf } from './checkout.ts'
import { exportBlocks, importBlocks } from './block-yaml.ts'
import { usesOf, usesOfAll } from './block-uses.ts'
import { describeBlock, usableSettings } from './describe-block.ts'
import { describeType, findBlock } from './find-block.ts'
import { lookAtSecret, type LookRequest } from './look-at-secret.ts'
import type { NamingFlows } from './naming-flows.ts'
import { noteUses } from './note-uses.ts'
import { readSecret } from './read-secret.ts'
import { reconcileSecrets } from './reconcile-secrets.ts'
import { blockRowOf, type StoredBlock } from './stored-block.ts'
import { followRenames, renameBlock } from './rename-block.ts'
import { sendTest } from './send-test.ts'
import { secretsInUse, type SecretInUse } from './secrets-in-use.ts'
import { tellSecrets, type TellSecrets } from './tell-secrets.ts'
import { testBlock, type TestOptions } from './test-block.ts'
import { createBlock, deleteBlock, editBlock, newBlock, duplicateBlock } from './write-block.ts'

export type BlocksWorld = {
  readonly home: { readonly id: string; readonly dir: string }
  readonly catalogue: Pick<Catalogue, 'blocks'>
  readonly store: StateStore['blocks']
  readonly secrets: Secrets
  readonly http: Http
  readonly flows: NamingFlows
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
  /** What names it: flows, blocks, runs. */
  uses(block: string): Promise<BlockUses>
  /** By reference. */
  allUses(): Promise<Readonly<Record<string, BlockUses>>>
  /** What may be shown of a secret value that is not saved. Refuses what is no such secret. */
  look(request: LookRequest): SecretFacts
  /** All that names it follows. */
  rename(block: string, name: string): Promise<RenamedBlock>
  /** With its secrets. */
  duplicate(block: string, name: string): Promise<Block>
  /** Refuses while anything names it, unless forced. */
  delete(block: string, force?: boolean): Promise<void>
  /** One stage at a time, as it ends. */
  test(block: string, options: TestOptions): AsyncIterable<TestStage>
  /** One message that says it is a test, where the block can notify. */
  sendTest(block: string, signal: AbortSignal): Promise<SentTest>
  /** YAML without secrets; all blocks when none is named. */
  exportYaml(blocks: readonly string[]): Promise<string>
  importYaml(text: string): Promise<ImportResult>
  resolve(block: string): Promise<ResolvedBlock>
  /** The folder with the files of a repository as they are now; never to be written to. */
  checkout(block: string): Promise<string>
  /** The same, for a run: when it was last used is kept. */
  use(block: string): Promise<ResolvedBlock>
  /** For a run. `#field` may be left out where the type has only one secret field. */
  readSecret(block: string): Promise<string>
  /** Deletes secrets that no block uses; those of a place that is not ready are left for the next start. */
  reconcile(): Promise<{ readonly removed: number; readonly left: number }>
  /** Ends renames that a crash left half done. */
  followRenames(): Promise<void>
  /** Of those that blocks have, so that no result of an earlier engine shows one. */
  readonly tellSecrets: TellSecrets
  /** Every secret that blocks have, by its name and as people write it. */
  secretsInUse(): Promise<readonly SecretInUse[]>
  /** No block changes meanwhile. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** The blocks every home begins with; nothing is done once there is any block. */
  createDefaults(): Promise<void>
}

export const blocksService = (world: BlocksWorld): BlocksService => {
  const turn = inTurn()
  const described = (block: StoredBlock): Promise<Block> => describeBlock(world, blockRowOf(block))
  const noteUse = noteUses(world)
  const telling = tellSecrets(world)
  const resolve = async (block: StoredBlock): Promise<ResolvedBlock> => {
    const settings = await usableSettings(world, block)
    return { type: block.type, id: block.id, settings, secretVersions: block.secrets }
  }
  const saved = (step: () => Promise<StoredBlock>): Promise<Block> => turn(async () => described(await step()))
  return {
    types: () =>
      [...world.catalogue.blocks.values()].map(describeType).toSorted((a, b) => a.title.localeCompare(b.title)),
    list: async () => Promise.all((await world.store.list()).map((row) => describeBlock(world, row))),
    inspect: async (block) => described(await findBlock(world, block)),
    create: (block) => saved(() => createBlock(masking(world, block), block)),
    edit: (block, edit) => saved(() => editBlock(masking(world, edit), block, edit)),
    uses: (block) => usesOf(world, block),
    allUses: () => usesOfAll(world),
    look: (request) => lookAtSecret(world, request),
    rename: (text, name) =>
      turn(async () => {
        const { block, ...others } = await renameBlock(world, text, name)
        return { block: await described(block), ...others }
      }),
    duplicate: (block, name) => saved(() => duplicateBlock(world, block, name)),
    delete: (block, force = false) => turn(() => deleteBlock(world, block, force)),
    test: (block, options) => testBlock(world, block, options),
    sendTest: (block, signal) => sendTest(world, block, signal),
    exportYaml: (blocks) => exportBlocks(world, blocks),
    importYaml: (text) => turn(() => importBlocks(world, text)),
    resolve: async (text) => resolve(await findBlock(world, text)),
    use: async (text) => {
      const block = await findBlock(world, text)
      noteUse(block)
      return resolve(block)
    },
    checkout: (block) => checkoutOf(world, block),
    readSecret: async (text) => {
      noteUse(await findBlock(world, text))
      const value = await readSecret(world, text)
      // Whoever was asked has answered.
      telling.again()
      return value
    },
    reconcile: () => turn(() => reconcileSecrets(world)),
    tellSecrets: telling,
    secretsInUse: () => secretsInUse(world),
    exclusively: turn,
    followRenames: () => turn(() => followRenames(world)),
    createDefaults: () => turn(() => createDefaultBlocks(world)),
  }
}

/** What is given as a secret is masked from now on, also in the words with which it is refused. */
const masking = (world: BlocksWorld, { secrets = {} }: Pick<BlockEdit, 'secrets'>): BlocksWorld => {
  for (const value of Object.values(secrets)) if (value !== null) world.masker.add(value)
  return world
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
