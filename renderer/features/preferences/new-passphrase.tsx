import { Button, PasswordInput } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import classes from './preferences-page.module.css'

/** Another passphrase for the vault. What it holds stays. */
export const NewPassphrase = () => {
  const { engine } = useWorld()
  const [open, setOpen] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [said, setSaid] = useState<string | null>(null)
  const close = (words: string | null) => {
    setOpen(false)
    setPassphrase('')
    setAgain('')
    setSaid(words)
  }
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    try {
      await engine.client.system.rotateVault({ next: passphrase })
      close('The vault has the new passphrase.')
    } catch (error) {
      setSaid(failureOfCall(error).message)
    }
  }
  if (!open)
    return (
      <p>
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          Change the passphrase…
        </Button>{' '}
        <span role="status">{said}</span>
      </p>
    )
  return (
    <form className={classes['entry']} aria-label="New passphrase" onSubmit={(event) => void submit(event)}>
      <PasswordInput
        size="xs"
        label="New passphrase"
        autoComplete="off"
        autoFocus
        value={passphrase}
        error={said}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      <PasswordInput
        size="xs"
        label="The same again"
        autoComplete="off"
        value={again}
        error={again !== '' && again !== passphrase ? 'The two differ.' : null}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={passphrase === '' || passphrase !== again}>
        Change it
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={() => close(null)}>
        Cancel
      </Button>
    </form>
  )
}
