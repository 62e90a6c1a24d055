import { Button } from '@mantine/core'
import { KeyRound, LockKeyhole } from 'lucide-react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { remediesOf, remedyWords, textOfSecrets, titleOfSecrets } from '#renderer/stores/secrets-words.ts'
import { mendSecrets, useVault } from '#renderer/stores/vault.ts'
import classes from './secrets-note.module.css'

/** The buttons that do what can be done about secrets that cannot be had. */
export const SecretsRemedies = () => {
  const { engine } = useWorld()
  const report = useVault((state) => state.report)
  const busy = useVault((state) => state.busy)
  if (!report) return null
  return (
    <>
      {remediesOf(report).map((remedy, index) => (
        <Button
          key={remedy}
          size="compact-sm"
          variant={index === 0 ? 'filled' : 'default'}
          loading={busy === remedy}
          disabled={busy !== null && busy !== remedy}
          onClick={() => void mendSecrets(engine, remedy)}
        >
          {remedy === 'unlock' && report.isNew ? 'Choose a passphrase…' : remedyWords[remedy]}
        </Button>
      ))}
    </>
  )
}

/** Where secrets are to be set or read and cannot: what is so, and what to do about it. */
export const SecretsNote = () => {
  const report = useVault((state) => state.report)
  const failure = useVault((state) => state.failure)
  const isAsking = useVault((state) => state.busy === 'unlock' && state.report?.backend === 'keychain')
  if (!report || (report.state === 'ready' && !report.moving)) return null
  const Icon = report.state === 'locked' ? LockKeyhole : KeyRound
  return (
    <div className={classes['note']} role="group" aria-label="Where secrets are kept">
      <Icon size={16} aria-hidden />
      <div className={classes['words']}>
        <strong>{titleOfSecrets(report)}</strong>
        <p>{isAsking ? 'The system asks in a window of its own. Answer there.' : textOfSecrets(report)}</p>
        {failure && <p className={classes['failure']}>{failure.message}</p>}
        <div className={classes['buttons']}>
          <SecretsRemedies />
        </div>
      </div>
    </div>
  )
}
