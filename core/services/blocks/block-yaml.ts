import { parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import { parseBlockReference } from '#core/model/block-reference.ts'
import type { ImportResult } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import type { BlockChange } from '#core/model/store.ts'
import type { BlocksWorld } from './blocks.ts'
import { problemOfName, problemsOfSettings, refuseProblems } from './check-block.ts'
import { describeBlock } from './describe-block.ts'
import { findBlock, findType, parsedSettings, referenceOf } from './find-block.ts'
import { neededSecrets } from './needed-secrets.ts'
import { nestedIn, problemsOfNested, type NestedWorld } from './nested-blocks.ts'
import { blockRowOf, parseBlockRow, upgradeSettings, type Settings, type StoredBlock } from './stored-block.ts'
import { newBlock } from './write-block.ts'

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

/** The named ones, each after the blocks that it names. */
const findAll = async (world: BlocksWorld, names: readonly string[]): Promise<readonly StoredBlock[]> => {
  const found = new Map<string, StoredBlock>()
  const visit = async (block: StoredBlock): Promise<void> => {
    if (found.has(block.id)) return
    for (const { text } of nestedIn(findType(world, block.type), block.settings)) {
      const reference = parseBlockReference(text)
      const row = reference && (await world.store.find(reference.type, reference.name))
      if (row && row.id !== block.id) await visit(parseBlockRow(row))
    }
    found.set(block.id, block)
  }
  for (const name of names) await visit(await findBlock(world, name))
  return [...found.values()]
}

/** All of them or none. A block that is there with the same settings is left as it is. */
export const importBlocks = async (world: BlocksWorld, text: string): Promise<ImportResult> => {
  const { blocks } = parseExport(text)
  const problems: string[] = []
  const checked: { entry: Exported; block: StoredBlock; isNew: boolean }[] = []
  for (const entry of blocks) {
    const result = await checkEntry(world, entry)
    problems.push(...result.problems.map((problem) => `${referenceOf(entry)}: ${problem}`))
    if (result.problems.length > 0) continue
    const block = result.existing ?? newBlock(world, { type: entry.type, name: entry.name, settings: result.settings })
    checked.push({ entry, block, isNew: result.existing === null })
  }
  problems.push(...duplicates(blocks))
  const after = checked.map(({ block }) => block)
  const nested = await checkNested(world, after)
  problems.push(...nested.problems)
  refuseProblems('The import', problems)
  await world.store.commit(
    ...checked.flatMap(({ block, isNew }): BlockChange[] => (isNew ? [{ put: blockRowOf(block) }] : [])),
  )
  const missing = checked.flatMap(({ entry, block }) => missingSecrets(world, entry, block))
  const shown = await Promise.all(after.map((block) => describeBlock(world, blockRowOf(block))))
  return { blocks: shown, missing, missingBlocks: nested.missing }
}

/** What the imported blocks name: those that are not here are only told, since they may come with another file. */
const checkNested = async (
  world: BlocksWorld,
  blocks: readonly StoredBlock[],
): Promise<{ problems: readonly string[]; missing: ImportResult['missingBlocks'] }> => {
  const imported = new Map(blocks.map((block) => [referenceOf(block), blockRowOf(block)]))
  const find: NestedWorld['find'] = async (type, name) =>
    imported.get(referenceOf({ type, name })) ?? (await world.store.find(type, name))
  const problems: string[] = []
  const missing: ImportResult['missingBlocks'][number][] = []
  for (const block of blocks) {
    const holder = { type: findType(world, block.type), name: block.name, settings: block.settings }
    for (const problem of await problemsOfNested({ catalogue: world.catalogue, find }, holder)) {
      const { field, text } = problem.nested
      if (problem.missing) missing.push({ reference: referenceOf(block), field, names: text })
      else problems.push(`${referenceOf(block)}: ${problem.message}`)
    }
  }
  return { problems, missing }
}

const missingSecrets = (world: BlocksWorld, entry: Exported, block: StoredBlock): ImportResult['missing'] =>
  wantedSecrets(world, entry, block)
    .filter((field) => !Object.hasOwn(block.secrets, field))
    .map((field) => {
      const title = findType(world, block.type).secrets[field]?.title ?? field
      return { reference: referenceOf(block), field, title }
    })

/** Those that the block cannot do without, and those that it had. */
const wantedSecrets = (world: BlocksWorld, entry: Exported, block: StoredBlock): readonly string[] => {
  const type = findType(world, entry.type)
  const needed = neededSecrets(type, parsedSettings(type, block))
  return Object.keys(type.secrets).filter((field) => needed.includes(field) || entry.secrets.includes(field))
}

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
