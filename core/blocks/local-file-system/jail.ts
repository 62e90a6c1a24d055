import { realpath } from 'node:fs/promises'
import { dirname, relative, resolve, isAbsolute, sep } from 'node:path'
import { Refused } from '#core/model/failure.ts'

/** The path of an object below `base`, refused where its name or a link on the way leads out of it. */
export const objectPath = async (base: string, name: string): Promise<string> => {
  const refuse = (why: string) =>
    new Refused({ code: 'denied', message: `“${name}” ${why}. Name a file inside the folder ${base}.` })
  const parts = name.split(sep === '\\' ? /[/\\]/ : '/').filter((part) => part !== '' && part !== '.')
  if (parts.length === 0 || name.includes('\0')) throw refuse('is no name of a file')
  if (parts.includes('..')) throw refuse('leads out of the storage')
  const path = resolve(base, ...parts)
  if (!(await isInside(base, path))) throw refuse('leads out of the storage through a link')
  return path
}

/** With all links followed, as far as the path exists. */
export const isInside = async (base: string, path: string): Promise<boolean> => {
  const [root, target] = [await realPath(base), await realPath(path)]
  const way = relative(root, target)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

const realPath = async (path: string): Promise<string> => {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : resolve(await realPath(parent), path.slice(parent.length).replace(/^[/\\]+/, ''))
  }
}
