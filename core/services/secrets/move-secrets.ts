import { Refused } from '#core/model/failure.ts'
import type { SecretsMoved, SecretsPlace } from '#core/model/reports.ts'
import { formatSecretName, type SecretName, type Secrets } from '#core/model/secrets.ts'
import type { ConfigRows } from '#core/model/store.ts'
import type { SecretInUse } from '../blocks/secrets-in-use.ts'

/** A place that holds values. */
export type Holder = Exclude<SecretsPlace, 'none'>

export type MoveWorld = {
  readonly rows: ConfigRows
  readonly holders: Readonly<Record<Holder, Secrets>>
  choose(place: Holder): void
  secretsInUse(): Promise<readonly SecretInUse[]>
}

/** Under this name the settings keep where a move that has begun goes. */
const row = 'secrets-moving'

export const movingTo = (rows: ConfigRows): Holder | null => {
  const value = rows.all()[row]
  return value === 'vault' || value === 'keychain' ? value : null
}

export const otherHolder = (place: Holder): Holder => (place === 'vault' ? 'keychain' : 'vault')

/**
 * Copies every value, then chooses the new place in one commit, then deletes from the old one. Before the commit the old
 * place is whole, after it the new one is; a value of one name is never changed, so a move that was cut off begins again
 * and takes what is there already. Nothing of a block may change meanwhile.
 */
export const moveSecrets = async (world: MoveWorld, to: Holder): Promise<SecretsMoved> => {
  const { rows, holders } = world
  const [target, source] = [holders[to], holders[otherHolder(to)]]
  const { state, message } = await target.prepare()
  if (state !== 'ready') throw new Refused({ code: 'unavailable', message: `Nothing was moved. ${message}` })
  const wasCutOff = movingTo(rows) !== null
  const names = await world.secretsInUse()
  rows.set(row, to)
  const copied = await copyAll(names, source, target)
  world.choose(to)
  const old = wasCutOff ? names : copied.moved
  const left = await deleteAll(old, source)
  if (left === 0) rows.unset(row)
  return { to, moved: copied.moved.length, left, lost: copied.lost.map(({ reference }) => reference) }
}

const copyAll = async (names: readonly SecretInUse[], source: Secrets, target: Secrets) => {
  const moved: SecretInUse[] = []
  const lost: SecretInUse[] = []
  for (const secret of names) {
    if ((await target.get(secret.name)) !== null) continue
    const value = await valueIn(source, secret.name)
    if (value === null) {
      lost.push(secret)
      continue
    }
    await target.set(secret.name, value)
    if ((await target.get(secret.name)) !== value) throw notKept(secret)
    moved.push(secret)
  }
  return { moved, lost }
}

/** A vault that was never made holds nothing, and needs no passphrase for that. */
export const valueIn = async (place: Secrets, name: SecretName): Promise<string | null> =>
  (await place.status()).isNew ? null : place.get(name)

/** How many could not be deleted. */
const deleteAll = async (names: readonly SecretInUse[], source: Secrets): Promise<number> => {
  let done = 0
  try {
    if (names.length > 0 && (await source.status()).isNew) return 0
    for (const { name } of names) {
      await source.delete(name)
      done += 1
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
  }
  return names.length - done
}

const notKept = ({ name, reference }: SecretInUse): Refused =>
  new Refused({
    code: 'data',
    message: `The new place did not keep the secret of ${reference} (${formatSecretName(name)}). Nothing was moved; secrets are where they were.`,
  })
