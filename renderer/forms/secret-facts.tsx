import type { SecretFacts } from '#core/model/block.ts'
import { formatMoment } from '#renderer/ui/format.ts'
import classes from './secret-input.module.css'

/** What may be shown of a secret: for a key its project, address and id. */
export const Facts = ({ facts, label }: { facts: SecretFacts; label: string }) => {
  const shown = Object.entries(facts.shown)
  if (shown.length === 0 && facts.expiresAt === null) return null
  return (
    <dl className={classes['facts']} aria-label={label}>
      {shown.map(([title, text]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      {facts.expiresAt !== null && (
        <div>
          <dt>Expires</dt>
          <dd>{formatMoment(facts.expiresAt)}</dd>
        </div>
      )}
    </dl>
  )
}
