import { Refused } from '#core/model/failure.ts'

/** Always `/` between the parts, never two of them, none at the start. */
export const objectNames = (folder: string, names: readonly string[]): readonly string[] => {
  const parts = folder.split(/[/\\]+/).filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) {
    throw new Refused({
      code: 'invalid',
      message: `The folder “${folder}” goes up with “..”. Name a folder below the top of the storage.`,
    })
  }
  const objects = names.map((name) => [...parts, name].join('/'))
  const twice = objects.find((name, index) => objects.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new Refused({
      code: 'invalid',
      message: `Two files would both become “${twice}”. Give them different names.`,
    })
  }
  return objects
}
