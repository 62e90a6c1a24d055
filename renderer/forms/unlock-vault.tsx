import { Button, PasswordInput } from '@mantine/core'
import { LockKeyhole } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { unlockVault, useVault } from '#renderer/stores/vault.ts'
import classes from './unlock-vault.module.css'

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

export type UnlockVaultProps = {
  /** Of the form; two may be on one page. */
  readonly name: string
  /** There is no vault yet: the passphrase is chosen, and asked for twice. */
  readonly isNew: boolean
  readonly className?: string | undefined
  /** Further buttons. */
  readonly children?: ReactNode
}

/** Asks for the passphrase of the vault, or for that of a new one. */
export const UnlockVault = ({ name, isNew, className = '', children }: UnlockVaultProps) => {
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
      className={`${classes['form']} ${className}`}
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault()
        if (reason === null) void unlock()
      }}
    >
      <div className={classes['words']}>
        <LockKeyhole size={16} aria-hidden />
        {isNew
          ? 'Secrets go into an encrypted vault. Choose a passphrase for it; without it nobody reads them again.'
          : 'Secrets are locked. Tasks that need one fail until you unlock them.'}
      </div>
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
      {children}
    </form>
  )
}
