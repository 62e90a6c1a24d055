import { Button, PasswordInput, SegmentedControl } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import type { ConfigEntry } from '#core/model/reports.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { unlockVault, useVault } from '#renderer/stores/vault.ts'
import type { Config } from './use-config.ts'
import classes from './preferences-page.module.css'

const places = [
  { value: 'none', label: 'Nowhere' },
  { value: 'vault', label: 'In a vault' },
]

const Unlock = () => {
  const { engine } = useWorld()
  const report = useVault((state) => state.report)
  const failure = useVault((state) => state.failure)
  const [passphrase, setPassphrase] = useState('')
  if (report?.backend !== 'vault' || report.state === 'ready') return null
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    await unlockVault(engine, passphrase)
    setPassphrase('')
  }
  return (
    <form className={classes['entry']} onSubmit={(event) => void submit(event)}>
      <PasswordInput
        size="xs"
        label={report.state === 'absent' ? 'Choose a passphrase' : 'Passphrase of the vault'}
        autoComplete="off"
        value={passphrase}
        error={failure?.message}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={passphrase === ''}>
        {report.state === 'absent' ? 'Make the vault' : 'Unlock'}
      </Button>
    </form>
  )
}

/** Where secrets are kept, and whether they can be had. */
export const SecretsForm = ({ entry, config }: { entry: ConfigEntry; config: Config }) => {
  const message = useVault((state) => state.report?.message)
  return (
    <section aria-label="Secrets">
      <h2>Secrets</h2>
      <p className={classes['quiet']}>A vault is a file in the home, encrypted with a passphrase that you give.</p>
      <SegmentedControl
        size="xs"
        aria-label="Where secrets are kept"
        data={places}
        value={entry.value}
        disabled={entry.source === 'environment'}
        onChange={(place) => void config.set('secrets', place)}
      />
      <p>{message}</p>
      <Unlock />
    </section>
  )
}
