import { join } from 'node:path'
import { Refused } from '#core/model/failure.ts'

const never = process.platform === 'win32' ? /[\0\\:*?"<>|]/ : /\0/

/** Where an object goes below a folder. Its name comes from outside, so it must not lead out of there. */
export const localPath = (folder: string, name: string): string => {
  const parts = name.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..' || never.test(part))) {
    const message = `The object “${name}” has a name that no file here can have. Copy it under a plain name and download that.`
    throw new Refused({ code: 'invalid', message })
  }
  return join(folder, ...parts)
}
