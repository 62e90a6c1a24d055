import type { TaskType } from '#core/kinds/task-type.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import type { TaskDocument } from '#core/model/flow-document.ts'
import { fieldAt, fieldsOf } from './check-settings.ts'
import type { Path } from './finding.ts'
import { valueAt } from './setting-issues.ts'

/** Parts of a task whose value can be asked for; below `with` are its settings. */
const sections = ['with', 'when', 'for_each', 'cache']

/** What stands below a part of the settings: what is written there, and the fields that may be. */
const namesBelow = (task: TaskDocument, type: TaskType, owner: Path): readonly string[] => {
  const fields = owner.length === 0 ? [...fieldsOf(type).keys()] : fieldAt(type, owner)?.fields?.map(({ name }) => name)
  const written = valueAt(task.with, owner)
  return [
    ...new Set([...(fields ?? []), ...(typeof written === 'object' && written !== null ? Object.keys(written) : [])]),
  ]
}

/** Says that a task has no such field and which was probably meant; null when it has. */
export const unknownField = (task: TaskDocument, type: TaskType, path: Path): string | null => {
  const [section, ...settings] = path
  const told = (names: readonly string[]): string =>
    `Task “${task.id}” has no field “${path.join('.')}”. ${didYouMean(path.join('.'), names)}`
  if (!sections.includes(String(section)))
    return told([...sections, ...namesBelow(task, type, []).map((name) => `with.${name}`)])
  if (section !== 'with') return settings.length === 0 ? null : told([String(section)])
  for (const [depth, step] of settings.entries()) {
    const owner = settings.slice(0, depth)
    const names = namesBelow(task, type, owner)
    if (!names.includes(String(step))) return told(names.map((name) => ['with', ...owner, name].join('.')))
  }
  return null
}
