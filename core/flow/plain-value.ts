import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml'
import type { Alias, Node, Pair, Scalar, YAMLMap } from 'yaml'
import type { JsonValue } from '#core/model/handle.ts'
import type { Finding, Report } from './finding.ts'
import { isMergeKey, keyNode, keyText } from './yaml-keys.ts'
import { yamlLimits, type YamlDocument } from './yaml-source.ts'

/** What an alias stands for, for finding the place of a problem again. */
export type AliasTargets = ReadonlyMap<Alias, Node>

/** `refused` when it was too much to be read to its end. */
export type PlainValue = { readonly value: JsonValue; readonly refused: boolean; readonly targets: AliasTargets }

const longestScalar = 512 * 1024
/** Characters and nodes of the whole, with every alias counted as what it stands for. */
const heaviest = 20_000_000

type Anchored = { readonly node: Node; readonly value: JsonValue; readonly weight: number; readonly height: number }
type Mutable = { [key: string]: JsonValue }

/** One reading of one document. Its path, weight and depth move with the walk. */
type Reading = {
  readonly report: Report
  readonly lineOf: (offset: number) => number
  readonly anchors: Map<string, Anchored | 'open'>
  readonly targets: Map<Alias, Node>
  readonly path: (string | number)[]
  weight: number
  deepest: number
}

const refused = new Error('refused')

type Complaint = Pick<Finding, 'code' | 'message' | 'remedy'>

const complain = (reading: Reading, node: Node | null, complaint: Complaint): null => {
  const offset = node?.range?.[0]
  const where = {
    path: [...reading.path],
    at: 'value',
    severity: 'error',
    ...(offset !== undefined && { offset }),
  } as const
  reading.report({ ...where, ...complaint })
  return null
}

const refuse = (reading: Reading, node: Node | null, complaint: Complaint): never => {
  complain(reading, node, complaint)
  throw refused
}

const weigh = (reading: Reading, node: Node | null, added: number): void => {
  reading.weight += added
  if (reading.weight <= heaviest) return
  const message = 'The aliases in this text unfold to more than a flow may hold.'
  refuse(reading, node, { code: 'alias-bomb', message, remedy: 'Write the values out, or use fewer aliases.' })
}

const descend = (reading: Reading, node: Node, depth: number): void => {
  if (depth > reading.deepest) reading.deepest = depth
  if (depth <= yamlLimits.depth) return
  const message = `The text is nested more than ${yamlLimits.depth} levels deep.`
  refuse(reading, node, { code: 'too-large', message, remedy: 'Flatten it; no flow needs that.' })
}

const visitAlias = (reading: Reading, node: Alias, depth: number): JsonValue => {
  const anchored = reading.anchors.get(node.source)
  if (anchored === undefined) {
    const message = `There is no anchor “&${node.source}” before this alias.`
    return complain(reading, node, {
      code: 'unknown-anchor',
      message,
      remedy: 'Set the anchor above, or write the value.',
    })
  }
  if (anchored === 'open') {
    const message = `The alias “*${node.source}” stands inside what it stands for.`
    return complain(reading, node, { code: 'alias-circle', message, remedy: 'Write the value out.' })
  }
  reading.targets.set(node, anchored.node)
  weigh(reading, node, anchored.weight)
  descend(reading, node, depth + anchored.height)
  return anchored.value
}

const visitAnchored = (reading: Reading, node: Node, anchor: string, depth: number): JsonValue => {
  const before = { weight: reading.weight, deepest: reading.deepest }
  reading.anchors.set(anchor, 'open')
  reading.deepest = depth
  const value = visitPlain(reading, node, depth)
  const height = reading.deepest - depth
  reading.anchors.set(anchor, { node, value, weight: reading.weight - before.weight, height })
  reading.deepest = Math.max(reading.deepest, before.deepest)
  return value
}

const visit = (reading: Reading, node: Node | null, depth: number): JsonValue => {
  if (node === null) return null
  if (isAlias(node)) return visitAlias(reading, node, depth)
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
  return anchor === undefined ? visitPlain(reading, node, depth) : visitAnchored(reading, node, anchor, depth)
}

const visitPlain = (reading: Reading, node: Node, depth: number): JsonValue => {
  if (isScalar(node)) return visitScalar(reading, node)
  descend(reading, node, depth + 1)
  weigh(reading, node, 1)
  if (isMap(node)) return visitMap(reading, node, depth + 1)
  if (!isSeq(node)) return null
  return node.items.map((item, index) => {
    reading.path.push(index)
    const value = visit(reading, isPair(item) ? null : (item as Node | null), depth + 1)
    reading.path.pop()
    return value
  })
}

const grouped = (amount: number): string => amount.toLocaleString('en-US')

const visitScalar = (reading: Reading, node: Scalar): JsonValue => {
  const { value } = node
  if (typeof value === 'string') {
    if (value.length > longestScalar) {
      const message = `This text has ${grouped(value.length)} characters; ${grouped(longestScalar)} is the most one value may have.`
      return refuse(reading, node, { code: 'too-large', message, remedy: 'Keep it in a file beside the flow.' })
    }
    weigh(reading, node, value.length + 1)
    return value
  }
  weigh(reading, node, 1)
  if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null
  if (typeof value === 'number') return visitNumber(reading, node, value)
  const message = 'This value has a kind that a flow cannot hold.'
  return complain(reading, node, {
    code: 'bad-value',
    message,
    remedy: 'Write it as text, number, true, false or null.',
  })
}

const visitNumber = (reading: Reading, node: Scalar, value: number): JsonValue => {
  const written = node.source ?? String(value)
  const fraction = /[.eE]/.test(written) && !written.startsWith('0x')
  if (Number.isFinite(value) && (fraction || !Number.isInteger(value) || Number.isSafeInteger(value))) return value
  const message = Number.isFinite(value)
    ? `The number ${written} is too large to be kept exactly.`
    : `“${written}” is no number that JSON can hold.`
  return complain(reading, node, { code: 'bad-number', message, remedy: 'Put it in quotes to keep it as text.' })
}

const visitMap = (reading: Reading, map: YAMLMap, depth: number): JsonValue => {
  const object: Mutable = {}
  const written = new Set<string>()
  for (const { key: node, value } of map.items as Pair<Node | null, Node | null>[]) {
    if (isMergeKey(node)) {
      mergeInto(reading, { object, node: value, value: visit(reading, value, depth) })
      continue
    }
    const key = visitKey(reading, node)
    if (key === null) continue
    if (written.has(key)) {
      complain(reading, node, twice(reading, key, map))
      continue
    }
    reading.path.push(key)
    object[key] = visit(reading, value, depth)
    reading.path.pop()
    written.add(key)
  }
  return object
}

const visitKey = (reading: Reading, node: Node | null): string | null => {
  const key = isAlias(node) ? visitAlias(reading, node, 0) : node
  const text = typeof key === 'string' ? key : isScalar(key) ? keyText(key) : null
  if (text === null) {
    return complain(reading, node, {
      code: 'bad-key',
      message: 'A key must be text.',
      remedy: 'Write it as a plain name.',
    })
  }
  weigh(reading, node, text.length + 1)
  if (text !== '__proto__') return text
  const message = 'A key may not be called “__proto__”.'
  return complain(reading, node, { code: 'forbidden-key', message, remedy: 'Choose another name.' })
}

const twice = ({ path, lineOf }: Reading, key: string, map: YAMLMap): Complaint => {
  const task = (path.length === 1 && path[0] === 'tasks') || (path.length === 2 && path[0] === 'hooks')
  const line = lineOf(keyNode(map, key)?.range?.[0] ?? 0)
  return {
    code: task ? 'duplicate-task' : 'duplicate-key',
    message: `${task ? 'Task ' : ''}“${key}” is written twice: here and in line ${line}.`,
    remedy: task ? 'Give one of the two another id, or delete it.' : 'Delete one of the two.',
  }
}

type Merge = { readonly object: Mutable; readonly node: Node | null; readonly value: JsonValue }

/** Keys written out win over merged ones, and earlier merged ones over later ones. */
const mergeInto = (reading: Reading, { object, node, value }: Merge): void => {
  const sources: readonly JsonValue[] = Array.isArray(value) ? value : [value]
  for (const source of sources) {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      const message = 'A merge key (<<) takes a mapping, or a list of mappings.'
      complain(reading, node, {
        code: 'bad-merge',
        message,
        remedy: 'Give it an alias of a mapping, such as *defaults.',
      })
      continue
    }
    for (const [key, part] of Object.entries(source)) if (!Object.hasOwn(object, key)) object[key] = part
  }
}

/** The tree as plain data. Aliases share what they stand for, so a bomb costs nothing here and is refused by its weight. */
export const plainValue = (document: YamlDocument, report: Report, lineOf: (offset: number) => number): PlainValue => {
  const targets = new Map<Alias, Node>()
  const reading: Reading = { report, lineOf, anchors: new Map(), targets, path: [], weight: 0, deepest: 0 }
  try {
    return { value: visit(reading, document.contents, 0), refused: false, targets }
  } catch (error) {
    if (error !== refused) throw error
    return { value: null, refused: true, targets }
  }
}
