import { Button, SegmentedControl } from '@mantine/core'
import { useEffect } from 'react'
import type { ConfigEntry, SecretsCheck, SecretsReport } from '#core/model/reports.ts'
import { SecretsNote } from '#renderer/forms/secrets-note.tsx'
import { UnlockVault } from '#renderer/forms/unlock-vault.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { checkSecrets, choosePlace, moveSecrets, useVault } from '#renderer/stores/vault.ts'
import { BlockLinks } from './block-links.tsx'
import { NewPassphrase } from './new-passphrase.tsx'
import type { Config } from './use-config.ts'
import classes from './preferences-page.module.css'

const places = [
  { value: 'keychain', label: 'In the keychain' },
  { value: 'vault', label: 'In a vault' },
  { value: 'none', label: 'Nowhere' },
]

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
        {check && check.lost.length + check.elsewhere.length + check.unknown.length === 0 && (
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
        {check && check.unknown.length > 0 && (
          <p className={classes['failure']}>
            Not here, and the other place cannot be asked now: <BlockLinks references={check.unknown} />
          </p>
        )}
        {check && (backend === 'vault' || backend === 'keychain') && <Elsewhere check={check} to={backend} />}
      </div>
    </>
  )
}

/** After a choice: what stayed behind is looked for as soon as the place can be read. */
const useLookBehind = (isReady: boolean): void => {
  const { engine } = useWorld()
  const isDue = useVault(({ chosen, busy }) => chosen && busy === null)
  useEffect(() => {
    if (isReady && isDue) void checkSecrets(engine)
  }, [engine, isReady, isDue])
}

/** Where secrets are kept, whether they can be had, and what to do where they cannot. */
export const SecretsForm = ({ entry, config }: { entry: ConfigEntry; config: Config }) => {
  const report = useVault((state) => state.report)
  const isReady = report?.state === 'ready'
  const isVault = report?.backend === 'vault'
  useLookBehind(isReady)
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
        onChange={(place) => void choosePlace(() => config.set('secrets', place))}
      />
      {isReady && <p>{report.message}</p>}
      {isVault && !isReady ? (
        <UnlockVault name="Unlock the vault" isNew={report.isNew ?? false} className={classes['unlock']} />
      ) : (
        <SecretsNote />
      )}
      {isVault && isReady && <NewPassphrase />}
      {isReady && <Check report={report} />}
    </section>
  )
}
