import { eventIterator, oc, type } from '@orpc/contract'
import type { z } from 'zod'
import type { Failure } from '#core/model/failure.ts'

const base = oc.errors({ refused: { data: type<Failure>() } })

/** Answers once. Input is parsed on the engine's side; a refusal crosses as a Failure, a bug only as a code. */
export const call = <I extends z.ZodType, O>(input: I, output: ReturnType<typeof type<O>>) =>
  base.input(input).output(output)

/** Answers many times. */
export const watch = <I extends z.ZodType, O>(input: I, output: ReturnType<typeof type<O>>) =>
  base.input(input).output(eventIterator(output))
