import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import type { SecretsCheck } from '#core/model/reports.ts'
import { isSecretSet } from '#renderer/stores/blocks.ts'

export type Health = {
  readonly state: 'good' | 'bad' | 'warning' | 'unknown'
  /** A few words, for a list. */
  readonly words: string
  /** What is so, in full; null where the words say it all. */
  readonly detail: string | null
}

const day = 24 * 60 * 60 * 1000

/** A key is replaced in time when somebody hears of it this long before. */
const soon = 14 * day

/** When the first of its secrets runs out; null when none says so. */
export const expiryOf = ({ facts }: Pick<Block, 'facts'>): number | null =>
  Object.values(facts).reduce<number | null>(
    (first, { expiresAt }) => (expiresAt === null ? first : Math.min(first ?? expiresAt, expiresAt)),
    null,
  )

const unsetOf = (block: Block, type: BlockTypeSummary | undefined): readonly string[] =>
  Object.entries(type?.secrets ?? {})
    .filter(([field, { optional }]) => !optional && !isSecretSet(block, field))
    .map(([, { title }]) => title)

const lostOf = ({ reference }: Block, check: SecretsCheck | null): readonly string[] =>
  (check?.lost ?? []).filter((lost) => lost.startsWith(`${reference}#`)).map((lost) => lost.slice(reference.length + 1))

/** It was changed after it was tested. */
export const isStale = ({ lastTest, updatedAt }: Pick<Block, 'lastTest' | 'updatedAt'>): boolean =>
  lastTest !== null && lastTest.at < updatedAt

const bad = (words: string, detail: string): Health => ({ state: 'bad', words, detail })

type Known = { readonly type: BlockTypeSummary | undefined; readonly check: SecretsCheck | null; readonly now: number }

/** What keeps a block from being used, else how its last test went. The worst comes first. */
export const healthOf = (block: Block, { type, check, now }: Known): Health => {
  const lost = lostOf(block, check)
  if (lost.length > 0) return bad('Secret lost', `${lost.join(', ')}: the value is gone. Set it again.`)
  const unset = unsetOf(block, type)
  if (unset.length > 0) return bad('Secret missing', `${unset.join(', ')}: not set yet. Open the block and set it.`)
  if (block.problem !== null) return bad('Cannot be used', block.problem)
  const expiry = expiryOf(block)
  if (expiry !== null && expiry <= now) return bad('Expired', 'Its key has expired. Fetch a new one and replace it.')
  const { lastTest } = block
  if (lastTest && !lastTest.passed) {
    const failed = lastTest.stages.find(({ ok }) => !ok)
    return bad('Test failed', failed ? `${failed.stage}: ${failed.message}` : 'The last test did not pass.')
  }
  if (expiry !== null && expiry - now < soon) {
    const days = Math.max(1, Math.ceil((expiry - now) / day))
    return { state: 'warning', words: `Expires in ${days === 1 ? 'a day' : `${days} days`}`, detail: null }
  }
  if (!lastTest) return { state: 'unknown', words: 'Not tested', detail: null }
  if (isStale(block)) return { state: 'unknown', words: 'Changed since test', detail: null }
  return { state: 'good', words: 'Works', detail: null }
}
