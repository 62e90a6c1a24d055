import { Refused } from '#core/model/failure.ts'
import type { SecretName } from '#core/model/secrets.ts'
import type { BlocksWorld } from './blocks.ts'
import { parseBlockRow, secretNames } from './stored-block.ts'

export type TellSecrets = {
  /**
   * Tells the masker every value that blocks keep, unless the place for them would open a prompt. Null when there is
   * nothing to wait for: all is told, or the same asker was told before that it cannot be done now.
   */
  tell(asker: string): Promise<void> | null
  /** The place may answer now. */
  again(): void
}

/** A value that took so long was waited for by a person: a prompt was open. Milliseconds. */
const promptTime = 3000

/**
 * What an earlier engine gave to a task may lie in results that this one goes on with, although no task reads the secret
 * again. What is told once stays known, and what is set later is told when it is set.
 */
export const tellSecrets = (world: BlocksWorld): TellSecrets => {
  let isComplete = false
  let telling: Promise<void> | null = null
  let inVain: string | null = null
  const tellAll = async (): Promise<void> => {
    const names = await namesOf(world)
    if (names.length > 0 && !(await world.secrets.isOpen())) return
    isComplete = await addAll(world, names)
  }
  return {
    tell: (asker) => {
      if (isComplete || inVain === asker) return null
      telling ??= tellAll().finally(() => {
        telling = null
        inVain = isComplete ? null : asker
      })
      return telling
    },
    again: () => {
      inVain = null
    },
  }
}

/** None of a row that cannot be read: nobody can use it either. */
const namesOf = async ({ store, home }: BlocksWorld): Promise<readonly SecretName[]> =>
  (await store.list()).flatMap((row) => {
    try {
      return secretNames(home.id, parseBlockRow(row))
    } catch {
      return []
    }
  })

const addAll = async (world: BlocksWorld, names: readonly SecretName[]): Promise<boolean> => {
  for (const name of names) {
    const began = world.now()
    try {
      const value = await world.secrets.get(name)
      if (value !== null) world.masker.add(value)
    } catch (error) {
      if (error instanceof Refused) return false
      throw error
    }
    if (world.now() - began > promptTime) return false
  }
  return true
}
