import { Refused } from '#core/model/failure.ts'

/** An optional secret: null where nobody has set it. One that was set and is lost is a failure all the same. */
export const secretIfSet = async (
  secret: (field: string) => Promise<string>,
  field: string,
): Promise<string | null> => {
  try {
    return await secret(field)
  } catch (error) {
    if (error instanceof Refused && error.failure.code === 'not-found' && / is not set\./.test(error.message))
      return null
    throw error
  }
}
