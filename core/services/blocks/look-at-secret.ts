import type { SecretFacts } from '#core/model/block.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import type { BlocksWorld } from './blocks.ts'
import { findType } from './find-block.ts'
import { factsOf } from './secret-facts.ts'

/** What may be shown of a value before it is saved; nothing is kept of it. */
export const lookAtSecret = (world: BlocksWorld, request: LookRequest): SecretFacts => {
  const type = findType(world, request.type)
  if (Object.hasOwn(type.secrets, request.field)) return factsOf(type, request.field, request.value)
  const message = `A ${request.type} block has no secret “${request.field}”. ${didYouMean(request.field, Object.keys(type.secrets))}`
  throw new Refused({ code: 'invalid', message })
}

export type LookRequest = { readonly type: string; readonly field: string; readonly value: string }
