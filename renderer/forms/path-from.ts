const partsOf = (path: string): readonly string[] => path.split(/[\\/]/)

/** Whether what is written with a drive or backslashes belongs to one file system of that kind. */
const sameKind = (one: string, other: string): boolean => one.includes('\\') === other.includes('\\')

const inside = (folder: readonly string[], parts: readonly string[]): boolean =>
  folder.length < parts.length && folder.every((part, index) => part === parts[index])

/**
 * How a flow names a file: from its own folder where both move together, since they lie in one home or one below the other;
 * else with the whole path.
 */
export const pathFrom = (flow: string, file: string, home: string): string => {
  const folder = partsOf(flow).slice(0, -1)
  const parts = partsOf(file)
  if (flow === '' || !sameKind(flow, file)) return file
  if (inside(folder, parts)) return parts.slice(folder.length).join('/')
  const root = partsOf(home)
  if (home === '' || !(inside(root, parts) && inside(root, [...folder, '']))) return file
  let common = 0
  while (common < folder.length && folder[common] === parts[common]) common += 1
  return [...folder.slice(common).map(() => '..'), ...parts.slice(common)].join('/')
}
