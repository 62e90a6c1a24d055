import { Refused, type Failure } from '#core/model/failure.ts'

export const onlyLookedAt = ({ title }: { readonly title: string }): Failure => ({
  code: 'conflict',
  message: `${title} is only looked at. Go back to the flow as it is now to change it, or restore this one.`,
  retryable: false,
})

export const movedOn = (file: string): Refused =>
  new Refused({
    code: 'conflict',
    message: `${file} was changed elsewhere while the engine was away. Look at what it holds now and make the change again.`,
  })
