import { Refused } from '#core/model/failure.ts'

/** `a/b/`, or nothing for the top: always `/`, none at the start, never two in a row. */
export const folderOf = (given: string): string => {
  const parts = partsOf(given)
  return parts.length === 0 ? '' : `${parts.join('/')}/`
}

/** The full name of an object that is to be made. */
export const newName = (folder: string, name: string): string => checked(`${folder}${partsOf(name).join('/')}`, folder)

/** The full name of an object that may be there: others may have put two slashes into it. */
export const nameIn = (folder: string, name: string): string => checked(`${folder}${name.replace(/^\/+/, '')}`, folder)

const partsOf = (name: string): readonly string[] => name.split(/[/\\]+/).filter((part) => part !== '' && part !== '.')

const mostBytes = 1024

const checked = (name: string, folder: string): string => {
  const refuse = (why: string) =>
    new Refused({ code: 'invalid', message: `“${name.slice(0, 100)}” ${why}. Name the object otherwise.` })
  if (name === folder) throw refuse('is no name of an object')
  if (name.split('/').includes('..')) throw refuse('goes up with “..”')
  // eslint-disable-next-line no-control-regex
  if (/[\0\r\n]/.test(name)) throw refuse('holds a line break, which Google does not allow in names')
  if (Buffer.byteLength(name) > mostBytes) throw refuse(`is longer than Google’s ${mostBytes} bytes`)
  return name
}
