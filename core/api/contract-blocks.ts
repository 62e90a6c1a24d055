import { type } from '@orpc/contract'
import { z } from 'zod'
import type { ObjectPreview, QueryNews, StorageFolder } from '#core/model/block-look.ts'
import type {
  Block,
  BlockTypeSummary,
  BlockUses,
  ImportResult,
  RenamedBlock,
  SecretFacts,
  SentTest,
  TestStage,
} from '#core/model/block.ts'
import { call, watch } from './contract-calls.ts'
import { blockSettings, nothing, ok, oneBlock } from './contract-inputs.ts'

/** What can be asked of an engine about blocks. A secret value only ever comes in. */
export const blocksContract = {
  types: call(nothing, type<readonly BlockTypeSummary[]>()),
  list: call(nothing, type<readonly Block[]>()),
  inspect: call(oneBlock, type<Block>()),
  /** What names the block: flows, other blocks, runs that have not ended. */
  uses: call(oneBlock, type<BlockUses>()),
  /** The same of every block, by reference, for lists; reads each flow of the library once. */
  allUses: call(nothing, type<Readonly<Record<string, BlockUses>>>()),
  create: call(
    z.object({
      type: z.string(),
      name: z.string(),
      ...blockSettings,
      secrets: z.record(z.string(), z.string()).default({}),
    }),
    type<Block>(),
  ),
  edit: call(
    oneBlock.extend({
      ...blockSettings,
      unset: z.array(z.string()).default([]),
      /** A new value, or null to clear. */
      secrets: z.record(z.string(), z.string().nullable()).default({}),
    }),
    type<Block>(),
  ),
  /**
   * What may be shown of a secret before it is saved, for example of a key that was dropped. Nothing is kept of it. Refused
   * with what the value is instead, and what to fetch, where it is no such secret.
   */
  look: call(z.object({ type: z.string(), field: z.string(), value: z.string() }), type<SecretFacts>()),
  /**
   * References follow: in the flows of the library, those open in editors, and the settings of other blocks. All or nothing;
   * refused with `conflict` while a run that has not ended names it, with `invalid` where a flow that names it cannot be changed.
   */
  rename: call(oneBlock.extend({ name: z.string() }), type<RenamedBlock>()),
  duplicate: call(oneBlock.extend({ name: z.string() }), type<Block>()),
  /** Refused with `conflict`, and a list of what names the block, unless forced. */
  delete: call(oneBlock.extend({ force: z.boolean().default(false) }), ok),
  /**
   * With `write`, types that can also write something small, and take it away again. With `create`, what a stage offered to
   * create is made, and the test goes on.
   */
  test: watch(
    oneBlock.extend({ write: z.boolean().default(false), create: z.boolean().default(false) }),
    type<TestStage>(),
  ),
  /** Blocks that can `notify`: sends one message that says it is a test. */
  sendTest: call(oneBlock, type<SentTest>()),
  /** SQL in a database block. One query gives its first rows; anything else is run as one transaction. */
  query: watch(
    oneBlock.extend({ sql: z.string().min(1), limit: z.int().min(1).max(10_000).default(500) }),
    type<QueryNews>(),
  ),
  /** What lies in a folder of a storage block. */
  browse: call(oneBlock.extend({ folder: z.string().default('') }), type<StorageFolder>()),
  /** The first rows of a CSV, JSON or Parquet object of a storage block. */
  peek: call(
    oneBlock.extend({ name: z.string().min(1), limit: z.int().min(1).max(1000).default(100) }),
    type<ObjectPreview>(),
  ),
  export: call(z.object({ blocks: z.array(z.string()).default([]) }), type<{ text: string }>()),
  import: call(z.object({ text: z.string() }), type<ImportResult>()),
}
