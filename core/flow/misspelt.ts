import { closest } from '#core/model/did-you-mean.ts'

/** Whether an unknown key of a mapping was probably meant for a key that is missing from it: one mistake, not two. */
export const isMisspelt = (key: string, written: object, known: (key: string) => boolean): boolean =>
  Object.keys(written).some((other) => !known(other) && closest(other, [key]) !== null)
