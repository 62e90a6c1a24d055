import type { ParsedNode } from 'yaml'
import type { Edited, EditPath } from '#core/model/flow-edit.ts'
import { Refused } from '#core/model/failure.ts'
import type { BlockRename } from '#core/model/store.ts'
import { blockMentions, blockMentionsInCondition, renamedMention, type BlockMention } from './block-mentions.ts'
import { resolvedPlace, rootPlace } from './fields.ts'
import { changesOf, type Plan } from './plan.ts'
import { replaceInSlot } from './replace.ts'
import { scalarSource } from './scalar-source.ts'
import { openFlowText, type FlowText } from './sharing.ts'
import type { Place } from './slots.ts'
import { itemPlaces, valueSlot } from './slots.ts'
import { edited, type Change } from './splices.ts'
import { isListNode, isMapNode, isMergeEntry, isScalarNode, type MapNode, type Token } from './syntax.ts'
import { keyText, mergeSources } from './values.ts'

/** A block that a flow names, and where: `task` is the one whose setting it is, if any. */
export type NamedBlock = {
  readonly type: string
  readonly name: string
  readonly task: string | null
  readonly path: EditPath
}

/** Every block that the text of a flow names, in settings, parameters, variables and expressions. */
export const blocksNamedIn = (text: string): readonly NamedBlock[] =>
  textsOf(openFlowText(text)).flatMap(({ path, value, find }) =>
    find(value).map(({ type, name }) => ({ type, name, path, task: taskOf(path) })),
  )

/** Gives a block its new name wherever the text names it, and changes nothing else. */
export const renameBlock = (text: string, rename: BlockRename): Edited => {
  const flow = openFlowText(text)
  const changed = new Set<ParsedNode>()
  const changes: Change[] = []
  for (const found of textsOf(flow)) {
    if (changed.has(found.node) || !found.find(found.value).some((mention) => isMeant(mention, rename))) continue
    changed.add(found.node)
    const plan: Plan = { changes: changesIn(flow, found, rename), gone: [], departed: [] }
    changes.push(...changesOf(flow, plan))
  }
  const result = edited(text, changes)
  if (changes.length > 0 && !isFollowed(text, result.text, rename)) throw cannotFollow(rename)
  return result
}

const isMeant = ({ type, name }: { type: string; name: string }, rename: BlockRename): boolean =>
  type === rename.type && name === rename.from

/** The same blocks are named in the same places, but for the new name. */
const isFollowed = (before: string, after: string, rename: BlockRename): boolean => {
  const expected = blocksNamedIn(before).map((named) =>
    isMeant(named, rename) ? { ...named, name: rename.to } : named,
  )
  return JSON.stringify(blocksNamedIn(after)) === JSON.stringify(expected)
}

const cannotFollow = ({ type, to }: BlockRename): Refused =>
  new Refused({
    code: 'invalid',
    message: `“${to}” cannot be written where block:${type} is named. Choose a name of letters, digits, spaces, _ and -.`,
  })

type Find = (text: string) => BlockMention[]
type FoundText = Place & {
  readonly node: ParsedNode
  readonly path: EditPath
  readonly value: string
  readonly find: Find
}

/** More texts than this, by way of aliases, are an alias bomb. */
const mostNodes = 100_000

/** Every text that may name a block, with the path by which it is reached; one that is shared, by each of its paths. */
const textsOf = (flow: FlowText): readonly FoundText[] => {
  const found: FoundText[] = []
  const open = new Set<ParsedNode>()
  let budget = mostNodes
  const visit = (written: Place, path: EditPath): void => {
    const place = resolvedPlace(flow, written)
    const { node } = place
    budget -= 1
    if (budget < 0) throw new Refused({ code: 'limit', message: 'The aliases of the flow stand for too much.' })
    if (!node || open.has(node) || isSkipped(path)) return
    open.add(node)
    if (isMapNode(node)) visitMap(node, path, new Set())
    else if (isListNode(node)) itemPlaces(flow, node).forEach((item, index) => visit(item, [...path, index]))
    else if (isScalarNode(node) && typeof node.value === 'string')
      found.push({ ...place, node, path, value: node.value, find: isCondition(path) ? inCondition : blockMentions })
    open.delete(node)
  }
  const visitMap = (map: MapNode, path: EditPath, hidden: ReadonlySet<string>): void => {
    const own = map.items.filter((entry) => !isMergeEntry(entry))
    const keys = new Set([...hidden, ...own.map((entry) => keyText(flow, entry))])
    for (const entry of map.items) {
      if (isMergeEntry(entry)) {
        for (const source of mergeSources(flow, entry)) {
          if (open.has(source)) continue
          open.add(source)
          visitMap(source, path, keys)
          open.delete(source)
        }
      } else if (!hidden.has(keyText(flow, entry))) {
        visit({ node: entry.value, slot: () => valueSlot(flow, map, entry) }, [...path, keyText(flow, entry)])
      }
    }
  }
  visit(rootPlace(flow), [])
  return found
}

const inCondition: Find = blockMentionsInCondition

const taskOf = ([section, first, second]: EditPath): string | null => {
  const task = section === 'tasks' ? first : section === 'hooks' ? second : undefined
  return typeof task === 'string' ? task : null
}

const keyOfTask = (path: EditPath): string | number | undefined => {
  if (path[0] === 'tasks' && path.length === 3) return path[2]
  return path[0] === 'hooks' && path.length === 4 ? path[3] : undefined
}

const proseOfFlow = new Set<unknown>(['millrace', 'name', 'description', 'layout'])
const proseOfTask = new Set<unknown>(['type', 'note', 'inputs', 'after'])

const isSkipped = (path: EditPath): boolean =>
  (path.length === 1 && proseOfFlow.has(path[0])) || proseOfTask.has(keyOfTask(path))

const isCondition = (path: EditPath): boolean => keyOfTask(path) === 'when'

const changesIn = (flow: FlowText, { slot: place, value, find }: FoundText, rename: BlockRename): Change[] => {
  const slot = place()
  const source = slot.token ? scalarSource(slot.token) : null
  const meant = (text: string) => find(text).filter((mention) => isMeant(mention, rename))
  const written = source ? meant(source.text) : []
  const wanted = meant(value).map((mention) => ({ mention, insert: insertFor(value, mention, rename) }))
  if (source && slot.token && written.length === wanted.length) {
    const token = slot.token
    const changes = written.map(({ from, to }, index) => ({
      from: source.placeOf(from),
      to: source.placeOf(to),
      insert: escaped(token, wanted[index]?.insert ?? ''),
    }))
    if (changes.every(isWritable)) return changes
  }
  // The scalar has to be quoted otherwise, or its lines are broken in the middle of the name.
  const text = wanted.reduceRight(
    (whole, { mention, insert }) => whole.slice(0, mention.from) + insert + whole.slice(mention.to),
    value,
  )
  return replaceInSlot(flow, { slot, content: { kind: 'scalar', value: text }, keepsAnchor: true, models: [] })
}

const isWritable = (change: Omit<Change, 'insert'> & { insert: string | null }): change is Change =>
  change.insert !== null

const insertFor = (text: string, mention: BlockMention, rename: BlockRename): string => {
  const insert = renamedMention(text, mention, rename.to)
  if (insert === null) throw cannotFollow(rename)
  return insert
}

/** As it is written within a scalar of this kind; null where it cannot be. */
const escaped = (token: Token, text: string): string | null => {
  switch (token.type) {
    case 'block-scalar':
      return text
    case 'single-quoted-scalar':
      return text.replaceAll("'", "''")
    case 'double-quoted-scalar':
      return text.replaceAll(/["\\]/g, String.raw`\$&`)
    default:
      return /^[\p{L}\p{N} ._@+-]+$/u.test(text) ? text : null
  }
}
