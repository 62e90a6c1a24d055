import type { TestStage } from '#core/model/block.ts'
import { failureOf } from '#core/model/failure.ts'

export type Staged<T> = { readonly stage: TestStage; readonly value: T | null }

/** What people are told of an error, and what to do where that is known. */
export type Told = { readonly message: string; readonly remedy?: string }

const failureAlone = (error: unknown): Told => ({ message: failureOf(error).message })

/** One stage of a test: how it went, how long it took, and what came of it. */
export const staged = async <T>(
  stage: string,
  work: () => T | Promise<T>,
  message: (value: T) => string,
  toldOf: (error: unknown) => Told = failureAlone,
): Promise<Staged<T>> => {
  const began = performance.now()
  const duration = () => Math.round(performance.now() - began)
  try {
    const value = await work()
    return { stage: { stage, ok: true, duration: duration(), message: message(value) }, value }
  } catch (error) {
    return { stage: { stage, ok: false, duration: duration(), ...toldOf(error) }, value: null }
  }
}
