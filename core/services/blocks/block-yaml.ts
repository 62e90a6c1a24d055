import { parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import type { ImportResult } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import type { BlocksWorld } from './blocks.ts'
import { problemOfName, problemsOfSettings, refuseProblems } from './check-block.ts'
import { describeBlock, findBlock, findType, referenceOf } from './find-block.ts'
import { blockRowOf, parseBlockRow, upgradeSettings, type Settings, type StoredBlock } from './stored-block.ts'
import { createBlock } from './write-block.ts'

const Exported = z.strictObject({
  type: z.string(),
  name: z.string(),
  version: z.int().min(1).default(1),
  settings: z.record(z.string(), z.json()).default({}),
  /** Names of the secret fields that were set. */
  secrets: z.array(z.string()).default([]),
})

const ExportedBlocks = z.strictObject({ millrace_blocks: z.literal(1), blocks: z.array(Exported) })

type Exported = z.output<typeof Exported>

const largestImport = 1024 ** 2

export const exportBlocks = async (world: BlocksWorld, names: readonly string[]): Promise<string> => {
  const all = names.length === 0 ? (await world.store.list()).map(parseBlockRow) : await findAll(world, names)
  const blocks = all.map(({ type, name, version, settings, secrets }) => {
    const fields = Object.keys(secrets)
    return { type, name, version, settings, ...(fields.length > 0 && { secrets: fields }) }
  })
  const heading = '# Blocks of Millrace, without their secrets. `millrace block import FILE` reads them.\n'
  return heading + stringify({ millrace_blocks: 1, blocks })
}

const findAll = async (world: BlocksWorld, names: readonly string[]): Promise<readonly StoredBlock[]> => {
  const found: StoredBlock[] = []
  for (const name of names) found.push(await findBlock(world, name))
  return found
}

/** All of them or none. A block that is there with the same settings is left as it is. */
export const importBlocks = async (world: BlocksWorld, text: string): Promise<ImportResult> => {
  const { blocks } = parseExport(text)
  const problems: string[] = []
  const missing: { reference: string; field: string }[] = []
  const checked: { entry: Exported; settings: Settings; existing: StoredBlock | null }[] = []
  for (const entry of blocks) {
    const result = await checkEntry(world, entry)
    problems.push(...result.problems.map((problem) => `${referenceOf(entry)}: ${problem}`))
    checked.push({ entry, settings: result.settings, existing: result.existing })
  }
  problems.push(...duplicates(blocks))
  refuseProblems('The import', problems)
  const saved: StoredBlock[] = []
  for (const { entry, settings, existing } of checked) {
    const block = existing ?? (await createBlock(world, { type: entry.type, name: entry.name, settings }))
    saved.push(block)
    const unset = wantedSecrets(world, entry).filter((field) => !Object.hasOwn(block.secrets, field))
    missing.push(...unset.map((field) => ({ reference: referenceOf(block), field })))
  }
  return { blocks: await Promise.all(saved.map((block) => describeBlock(world, blockRowOf(block)))), missing }
}

const wantedSecrets = (world: BlocksWorld, entry: Exported): readonly string[] =>
  Object.entries(findType(world, entry.type).secrets)
    .filter(([field, { optional }]) => !optional || entry.secrets.includes(field))
    .map(([field]) => field)

type Checked = { problems: readonly string[]; settings: Settings; existing: StoredBlock | null }

const checkEntry = async (world: BlocksWorld, entry: Exported): Promise<Checked> => {
  try {
    const type = findType(world, entry.type)
    const settings = upgradeSettings(type, entry)
    const name = problemOfName(entry.name)
    const problems = [...(name === null ? [] : [name]), ...problemsOfSettings(type, settings)]
    const row = name === null ? await world.store.find(entry.type, entry.name) : undefined
    const existing = row ? parseBlockRow(row) : null
    const same = existing && equalJson(upgradeSettings(type, existing), settings)
    const taken =
      existing && !same ? ['It exists already with other settings. Rename or delete the one that is there.'] : []
    return { problems: [...problems, ...taken], settings, existing }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { problems: [error.message], settings: {}, existing: null }
  }
}

const duplicates = (blocks: readonly Exported[]): readonly string[] => {
  const references = blocks.map(referenceOf)
  const twice = new Set(references.filter((reference, index) => references.indexOf(reference) !== index))
  return [...twice].map((reference) => `${reference}: It stands in the file twice.`)
}

const equalJson = (left: unknown, right: unknown): boolean => canonical(left) === canonical(right)

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )

const parseExport = (text: string): z.output<typeof ExportedBlocks> => {
  if (text.length > largestImport)
    throw new Refused({ code: 'limit', message: 'The file of blocks is larger than 1 MB.' })
  const document = parseDocument(text)
  const [mistake] = document.errors
  if (mistake) throw new Refused({ code: 'invalid', message: `The file of blocks is not YAML. ${mistake.message}` })
  const { data, error } = ExportedBlocks.safeParse(plainOf(document))
  if (data) return data
  const problems = error.issues.map((issue) => `\n  ${issue.path.join('.') || 'file'}: ${issue.message}`).join('')
  throw new Refused({ code: 'invalid', message: `This is no export of Millrace blocks.${problems}` })
}

const plainOf = (document: ReturnType<typeof parseDocument>): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new Refused({ code: 'invalid', message: 'The file of blocks uses too many aliases.' }, { cause })
  }
}
