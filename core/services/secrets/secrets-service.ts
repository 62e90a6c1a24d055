import { Refused } from '#core/model/failure.ts'
import type { SecretsCheck, SecretsReport } from '#core/model/reports.ts'
import type { ConfigRows } from '#core/model/store.ts'
import type { BlocksService } from '../blocks/blocks.ts'
import type { ConfigService } from '../config.ts'
import type { SecretsService } from '../services.ts'
import { movingTo, moveSecrets, otherHolder, valueIn } from './move-secrets.ts'
import { chosenPlace, chosenSecrets, type SecretsPlaces } from './secrets-places.ts'

export type SecretsServiceWorld = SecretsPlaces & {
  readonly config: ConfigService
  readonly rows: ConfigRows
  readonly blocks: Pick<BlocksService, 'secretsInUse' | 'exclusively' | 'reconcile' | 'tellSecrets'>
  /** Told every passphrase that opens the vault. */
  readonly masker: { add(value: string): boolean }
}

/** What people ask of the place for secrets. */
export const secretsService = (world: SecretsServiceWorld): SecretsService => {
  const { config, rows, vault, keychain, blocks, masker } = world
  const secrets = chosenSecrets(world)
  const shown = (report: SecretsReport): SecretsReport => withMove(report, movingTo(rows))
  return {
    status: async (tries) => shown(await (tries ? secrets.prepare() : secrets.status())),
    unlock: async (passphrase) => {
      if (passphrase === null) await unlockKeychain(world)
      else await unlockVault(world, passphrase)
      // What could not be deleted while it was locked.
      await blocks.reconcile()
      blocks.tellSecrets.again()
      await blocks.tellSecrets.tell('unlock')
    },
    passphraseWanted: async () => {
      const { state, isNew = false } = await vault.status()
      const locked = state === 'locked'
      return { wanted: locked && chosenPlace(world) === 'vault', locked, isNew }
    },
    choose: async (place) => {
      config.set('secrets', place)
      return shown(await secrets.prepare())
    },
    check: () => checkSecrets(world),
    move: (to) =>
      blocks.exclusively(() =>
        moveSecrets(
          {
            rows,
            holders: { vault, keychain },
            choose: (place) => config.set('secrets', place),
            secretsInUse: blocks.secretsInUse,
          },
          to,
        ),
      ),
    rotate: async ({ current, next }) => {
      if (current !== null) await unlockVault(world, current)
      await vault.rotate(next)
      masker.add(next)
    },
  }
}

const unlockVault = async ({ vault, masker }: SecretsServiceWorld, passphrase: string): Promise<void> => {
  await vault.unlock(passphrase)
  masker.add(passphrase)
}

const unlockKeychain = async (world: SecretsServiceWorld): Promise<void> => {
  const place = chosenPlace(world)
  if (place === 'vault')
    throw new Refused({ code: 'invalid', message: 'The vault is unlocked by its passphrase. Give it.' })
  if (place === 'none') throw new Refused({ code: 'invalid', message: (await world.none.status()).message })
  const { state, message } = await world.keychain.unlock()
  if (state !== 'ready') throw new Refused({ code: 'unavailable', message, retryable: true })
}

const withMove = (report: SecretsReport, moving: SecretsReport['moving'] | null): SecretsReport => {
  if (!moving) return report
  const message = `${report.message} A move of secrets was cut off; none is lost. Finish it: millrace secrets move ${moving}`
  return { ...report, moving, message, remedies: ['finish-move', ...(report.remedies ?? [])] }
}

const checkSecrets = async (world: SecretsServiceWorld): Promise<SecretsCheck> => {
  const place = chosenPlace(world)
  const names = await world.blocks.secretsInUse()
  const lost: string[] = []
  const elsewhere: string[] = []
  const unknown: string[] = []
  for (const { name, reference } of names) {
    if ((await world[place].get(name)) !== null) continue
    const found = place === 'none' ? 'lost' : await lookIn(world[otherHolder(place)], name)
    ;({ lost, elsewhere, unknown })[found].push(reference)
  }
  return { checked: names.length, lost, elsewhere, unknown }
}

/** What becomes of a value that the chosen place has not. */
const lookIn = async (...asked: Parameters<typeof valueIn>): Promise<'lost' | 'elsewhere' | 'unknown'> => {
  try {
    return (await valueIn(...asked)) === null ? 'lost' : 'elsewhere'
  } catch (error) {
    if (error instanceof Refused) return 'unknown'
    throw error
  }
}
