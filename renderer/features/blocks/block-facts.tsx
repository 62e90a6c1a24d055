import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { Check, Copy } from 'lucide-react'
import type { Block, BlockTypeSummary, BlockUses } from '#core/model/block.ts'
import { formatAgo, formatMoment } from '#renderer/ui/format.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { expiryOf } from './block-health.ts'
import { isUsed } from './block-actions.ts'
import { UsesList } from './block-uses.tsx'
import classes from './block-page.module.css'

const Copied = ({ text, what }: { text: string; what: string }) => (
  <CopyButton value={text}>
    {({ copied, copy }) => (
      <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
        <ActionIcon variant="subtle" color="gray" aria-label={`Copy ${what}`} onClick={copy}>
          {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        </ActionIcon>
      </Tooltip>
    )}
  </CopyButton>
)

/** As a script gets the secrets of a block: by names, never by values. */
const scriptLines = ({ reference }: Block, type: BlockTypeSummary): string | null => {
  const fields = Object.keys(type.secrets)
  if (fields.length === 0) return null
  const lines = fields.map((field) => {
    const name = field.replaceAll(/[^a-z0-9]+/gi, '_').toUpperCase()
    return `    ${name}: ${reference}${fields.length > 1 ? `#${field}` : ''}`
  })
  return ['with:', '  secrets:', ...lines].join('\n')
}

/** How flows and scripts reach the block. */
export const HowToReach = ({ block, type }: { block: Block; type: BlockTypeSummary }) => {
  const script = scriptLines(block, type)
  return (
    <section className={classes['section']} aria-label="Use it">
      <h2>Use it</h2>
      <div className={classes['copied']}>
        <code>{block.reference}</code>
        <Copied text={block.reference} what="the reference" />
      </div>
      {script !== null && (
        <>
          <p>A script gets its secrets as environment variables, masked in what it writes:</p>
          <div className={classes['copied']}>
            <pre>{script}</pre>
            <Copied text={script} what="the lines" />
          </div>
        </>
      )}
    </section>
  )
}

export const UsedBy = ({ uses }: { uses: BlockUses | undefined }) => (
  <section className={classes['section']} aria-label="Used by">
    <h2>Used by</h2>
    {uses && isUsed(uses) && <UsesList uses={uses} />}
    {uses && !isUsed(uses) && <p>No flow of the library and no other block names it.</p>}
  </section>
)

/** When things happened to the block. */
export const History = ({ block }: { block: Block }) => {
  const now = useNow(true, 10_000)
  const expiry = expiryOf(block)
  const times: readonly (readonly [string, number | null, string])[] = [
    ['Created', block.createdAt, ''],
    ['Changed', block.updatedAt, ''],
    ['Last used', block.lastUsedAt, 'never by a run'],
  ]
  return (
    <section className={classes['section']} aria-label="History">
      <h2>History</h2>
      <dl className={classes['times']}>
        {times.map(([title, at, none]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd title={at === null ? undefined : formatMoment(at)}>{at === null ? none : formatAgo(at, now)}</dd>
          </div>
        ))}
        {expiry !== null && (
          <div>
            <dt>Expires</dt>
            <dd data-bad={expiry <= now || undefined}>{formatMoment(expiry)}</dd>
          </div>
        )}
      </dl>
    </section>
  )
}
