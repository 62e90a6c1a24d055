import { Button } from '@mantine/core'
import { LockKeyhole } from 'lucide-react'
import { useEffect } from 'react'
import type { SecretsReport } from '#core/model/reports.ts'
import { SecretsRemedies } from '#renderer/forms/secrets-note.tsx'
import { UnlockVault } from '#renderer/forms/unlock-vault.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { loadBlocks, useBlocks } from '#renderer/stores/blocks.ts'
import { textOfSecrets, titleOfSecrets } from '#renderer/stores/secrets-words.ts'
import { useSession } from '#renderer/stores/session.ts'
import { unlockLater, useVault } from '#renderer/stores/vault.ts'
import classes from './shell.module.css'

const Unlock = ({ isNew }: { isNew: boolean }) => (
  <UnlockVault name="Unlock secrets" isNew={isNew} className={classes['vault']}>
    <Button size="xs" variant="subtle" color="gray" onClick={unlockLater}>
      Not now
    </Button>
  </UnlockVault>
)

/** The keychain cannot be had: what is so, and what to do about it. */
const Trouble = ({ report }: { report: SecretsReport }) => {
  const failure = useVault((state) => state.failure)
  return (
    <section className={classes['vault']} aria-label="Secrets">
      <LockKeyhole size={16} aria-hidden />
      <span className={classes['trouble']}>
        <strong>{titleOfSecrets(report)}.</strong> {failure?.message ?? textOfSecrets(report)} Tasks that need no secret
        run all the same.
      </span>
      <SecretsRemedies />
      <Button size="compact-sm" variant="subtle" color="gray" onClick={unlockLater}>
        Not now
      </Button>
    </section>
  )
}

/** Whether a block here has a secret that could be missed. */
const useHasSecrets = (isReady: boolean): boolean => {
  const { engine } = useWorld()
  const connected = useSession((session) => session.engine.state === 'connected')
  useEffect(() => {
    if (connected && !isReady) void loadBlocks(engine)
  }, [connected, engine, isReady])
  return useBlocks(
    ({ blocks }) => blocks?.some(({ secrets }) => Object.values(secrets).some((one) => one !== null)) ?? false,
  )
}

/**
 * While secrets cannot be had and somebody would miss one. The vault asks for its passphrase, and for a new one when the
 * first secret is to be stored; of a keychain it is said what is so and what can be done.
 */
export const VaultBar = () => {
  const report = useVault((state) => state.report)
  const later = useVault((state) => state.later)
  const wanted = useVault((state) => state.wanted)
  const isReady = report === null || (report.state === 'ready' && !report.moving)
  const hasSecrets = useHasSecrets(isReady)
  if (isReady || later) return null
  const isNew = report.isNew ?? false
  const isShut = report.state === 'locked' || report.state === 'wrong-passphrase'
  if (report.backend === 'vault' && isShut) return wanted || !isNew ? <Unlock isNew={isNew} /> : null
  return hasSecrets ? <Trouble report={report} /> : null
}
