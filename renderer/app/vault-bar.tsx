import { Button, PasswordInput } from '@mantine/core'
import { LockKeyhole } from 'lucide-react'
import { useState } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { unlockLater, unlockVault, useVault } from '#renderer/stores/vault.ts'
import classes from './shell.module.css'

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly error: string | undefined
  change(value: string): void
}

const Passphrase = ({ label, value, error, change }: FieldProps) => (
  <PasswordInput
    size="xs"
    className={classes['passphrase'] ?? ''}
    aria-label={label}
    placeholder={label}
    autoComplete="off"
    value={value}
    error={error}
    onChange={(event) => change(event.currentTarget.value)}
  />
)

/** A slip of the finger in a new passphrase would lock its owner out. */
const whyNot = (isNew: boolean, passphrase: string, again: string): string | null => {
  if (passphrase === '') return 'Nothing is typed.'
  return isNew && passphrase !== again ? 'The two differ.' : null
}

const Unlock = ({ isNew }: { isNew: boolean }) => {
  const { engine } = useWorld()
  const failure = useVault((state) => state.failure)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [isTrying, setTrying] = useState(false)
  const reason = whyNot(isNew, passphrase, again)
  const unlock = async () => {
    setTrying(true)
    await unlockVault(engine, passphrase)
    setPassphrase('')
    setAgain('')
    setTrying(false)
  }
  return (
    <form
      className={classes['vault']}
      aria-label="Unlock secrets"
      onSubmit={(event) => {
        event.preventDefault()
        if (reason === null) void unlock()
      }}
    >
      <LockKeyhole size={16} aria-hidden />
      <span>
        {isNew
          ? 'Secrets go into an encrypted vault. Choose a passphrase for it; without it nobody reads them again.'
          : 'Secrets are locked. Tasks that need one fail until you unlock them.'}
      </span>
      <Passphrase label="Passphrase" value={passphrase} error={failure?.message} change={setPassphrase} />
      {isNew && (
        <Passphrase
          label="The same again"
          value={again}
          error={again !== '' && reason !== null ? reason : undefined}
          change={setAgain}
        />
      )}
      <Button type="submit" size="xs" loading={isTrying} disabled={reason !== null}>
        {isNew ? 'Make the vault' : 'Unlock'}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={unlockLater}>
        Not now
      </Button>
    </form>
  )
}

/** Asks for the passphrase while secrets are locked, and for a new one when the first secret is to be stored. */
export const VaultBar = () => {
  const isNew = useVault(({ report }) => report?.isNew ?? false)
  const isAsked = useVault(
    ({ report, later, wanted }) => report?.state === 'locked' && !later && (wanted || !report.isNew),
  )
  return isAsked ? <Unlock isNew={isNew} /> : null
}
