import { Button, PasswordInput, SegmentedControl } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import type { ConfigEntry, SecretsCheck, SecretsReport } from '#core/model/reports.ts'
import { SecretsNote } from '#renderer/forms/secrets-note.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { checkSecrets, moveSecrets, unlockVault, useVault } from '#renderer/stores/vault.ts'
import { BlockLinks } from './block-links.tsx'
import { NewPassphrase } from './new-passphrase.tsx'
import type { Config } from './use-config.ts'
import classes from './preferences-page.module.css'

const places = [
  { value: 'keychain', label: 'In the keychain' },
  { value: 'vault', label: 'In a vault' },
  { value: 'none', label: 'Nowhere' },
]

const Unlock = ({ report }: { report: SecretsReport }) => {
  const { engine } = useWorld()
  const failure = useVault((state) => state.failure)
  const [passphrase, setPassphrase] = useState('')
  const isNew = report.isNew ?? false
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    await unlockVault(engine, passphrase)
    setPassphrase('')
  }
  return (
    <form className={classes['entry']} onSubmit={(event) => void submit(event)}>
      <PasswordInput
        size="xs"
        label={isNew ? 'Choose a passphrase' : 'Passphrase of the vault'}
        autoComplete="off"
        value={passphrase}
        error={failure?.message}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={passphrase === ''}>
        {isNew ? 'Make the vault' : 'Unlock'}
      </Button>
    </form>
  )
}

const Elsewhere = ({ check, to }: { check: SecretsCheck; to: 'keychain' | 'vault' }) => {
  const { engine } = useWorld()
  const busy = useVault((state) => state.busy)
  if (check.elsewhere.length === 0) return null
  return (
    <div className={classes['found']}>
      <p>
        Still in {to === 'vault' ? 'the keychain' : 'the vault'}: <BlockLinks references={check.elsewhere} />
      </p>
      <Button size="xs" loading={busy === 'finish-move'} onClick={() => void moveSecrets(engine, to)}>
        Move them here
      </Button>
    </div>
  )
}

/** Whether each secret that a block names is there. */
const Check = ({ report }: { report: SecretsReport }) => {
  const { engine } = useWorld()
  const check = useVault((state) => state.check)
  const busy = useVault((state) => state.busy)
  const failure = useVault((state) => state.failure)
  const { backend } = report
  return (
    <>
      <Button size="xs" variant="default" loading={busy === 'check'} onClick={() => void checkSecrets(engine)}>
        Check all secrets
      </Button>
      <div role="status">
        {failure && <p className={classes['failure']}>{failure.message}</p>}
        {check && check.lost.length + check.elsewhere.length === 0 && (
          <p>
            {check.checked === 0
              ? 'No block has a secret.'
              : check.checked === 1
                ? 'The one there is can be read.'
                : `All ${check.checked} can be read.`}
          </p>
        )}
        {check && check.lost.length > 0 && (
          <p className={classes['failure']}>
            Lost, to be set again: <BlockLinks references={check.lost} />
          </p>
        )}
        {check && (backend === 'vault' || backend === 'keychain') && <Elsewhere check={check} to={backend} />}
      </div>
    </>
  )
}

/** Where secrets are kept, whether they can be had, and what to do where they cannot. */
export const SecretsForm = ({ entry, config }: { entry: ConfigEntry; config: Config }) => {
  const report = useVault((state) => state.report)
  const isReady = report?.state === 'ready'
  const isVault = report?.backend === 'vault'
  return (
    <section aria-label="Secrets">
      <h2>Secrets</h2>
      <p className={classes['quiet']}>
        The keychain is that of your system. A vault is a file in the home, encrypted with a passphrase that you give.
        Nothing secret is kept anywhere else.
      </p>
      <SegmentedControl
        size="xs"
        aria-label="Where secrets are kept"
        data={places}
        value={entry.value}
        disabled={entry.source === 'environment'}
        onChange={(place) => void config.set('secrets', place)}
      />
      {isReady && <p>{report.message}</p>}
      {isVault && !isReady ? <Unlock report={report} /> : <SecretsNote />}
      {isVault && isReady && <NewPassphrase />}
      {isReady && <Check report={report} />}
    </section>
  )
}
