import fc from 'fast-check'
import type { GeneratorValue } from 'fast-check'

/**
 * Random YAML in all the ways people write it. It says itself where each entry stands, so that a test need not trust the
 * code it tests.
 */
export type RandomYaml = {
  readonly text: string
  /** By JSON of the path: what belongs to the entry, and to the collection that holds it. */
  readonly regions: ReadonlyMap<string, Region>
}

export type Region = { readonly from: number; readonly to: number; readonly flow: boolean }

const listed = (text: string) => text.split(' | ')
const words = listed(
  'fetch | a b | it is | Ünïcode | 日本語 | 😀 smile | {{ color }} | x: y | # no comment | it\'s | say "hi"',
)
const tricky = listed('yes | 0x10 | 1e3 | null | - a |  led | trailing  |  | *star | &and | !bang | [x | a, b | << | ~')
const broken = ['two\nlines', 'three\n\nlines\n', '\ttab', 'back\\slash', 'nul\0', '\u2028', 'end:']
export const texts = [...words, ...tricky, ...broken]
const plains = listed("plain | two words | http://x.y/z?a=b | ünï | 日本 | a-b | it's | tasks.x | 😀 | -1x | ?q | a#b")
const plainKeys = ['k', 'key', 'with', 'a b', 'ключ', '😀', 'x-y', 'type', 'url', 'n1', 'N_2', 'z.z']

type Kind = 'map' | 'list' | 'scalar'
type Anchor = { readonly name: string; readonly kind: Kind }
type Path = readonly (string | number)[]

const evenly = (max: number) => fc.noBias(fc.nat({ max }))

export const randomYaml = (draw: GeneratorValue): RandomYaml => {
  // Half of the documents are of extremes, as fast-check likes them; the others are all mixed.
  const isMixed = draw(fc.boolean)
  const below = (most: number) => (isMixed ? draw(evenly, most - 1) : draw(fc.nat, { max: most - 1 }))
  const chance = (percent: number) => below(100) < percent
  const pick = <T>(list: readonly T[]): T => {
    const item = list[below(list.length)]
    if (item === undefined) throw new Error('Nothing to pick from.')
    return item
  }

  const newline = chance(30) ? '\r\n' : '\n'
  const step = pick([2, 2, 4, 1, 3])
  const dash = pick([0, step, 2])
  const padded = chance(70)
  const regions = new Map<string, Region>()
  const anchors: Anchor[] = []
  let text = chance(8) ? '\uFEFF' : ''
  let names = 0
  /** The line above may be part of a block scalar that takes in what is deeper. */
  let afterLiteral = false

  const write = (part: string) => void (text += part)
  const pad = (column: number) => ' '.repeat(column)
  const comment = () => `# ${pick(['note', 'x: 1', "don't", '😀', '- a', '{'])}`

  const quoteSingle = (value: string) => `'${value.replaceAll("'", "''")}'`
  const scalar = (flow: boolean): string => {
    const special = pick(['true', 'null', '~', '0x1F', '1e3', '-.5', '12', '0o7', 'yes', '.5', 'False'])
    const plain = pick(plains)
    const simple = pick(words).replaceAll('\\', '')
    const more = flow ? '' : `${newline}${pad(24)}more`
    return pick([
      special,
      plain,
      plain,
      quoteSingle(simple),
      JSON.stringify(simple),
      '"\\u00e9\\n\\"x\\""',
      JSON.stringify(pick(tricky)),
      `"${simple.replaceAll('"', "'")}${more}"`,
      plain + (chance(20) ? more : ''),
    ])
  }

  const trailing = (percent = 15) => {
    if (chance(percent)) write(`${pick([' ', '   '])}${comment()}`)
  }
  const endLine = () => write((chance(3) ? ' ' : '') + newline)

  const literal = (column: number) => {
    write(` ${pick(['|', '|-', '|+', '>', '>-'])}`)
    trailing()
    write(newline)
    const deeper = column + pick([1, 2, step])
    for (let line = 0; line <= below(3); line += 1) {
      if (line > 0 && chance(20)) write(newline)
      write(pad(deeper) + pick(['line', 'select *', '# not a comment', 'a: b', '- x', 'x  ', '日本']) + newline)
    }
    afterLiteral = true
  }

  const withAnchor = (kind: Kind): string => {
    if (!chance(12)) return ''
    const name = chance(85) || names === 0 ? `a${(names += 1)}` : `a${1 + below(names)}`
    anchors.push({ name, kind })
    return `&${name}`
  }

  const alias = (kind: Kind | null): string | null => {
    const found = anchors.filter((anchor) => kind === null || anchor.kind === kind)
    return found.length === 0 ? null : `*${pick(found).name}`
  }

  const keysFor = (count: number) => [...new Set(Array.from({ length: count }, () => pick(plainKeys)))]
  const keyText = (key: string) => pick([key, key, key, JSON.stringify(key), quoteSingle(key)])

  /** Comments and blank lines above an entry; gives where what belongs to the entry begins. */
  const above = (column: number, isFirst: boolean): number => {
    if (!isFirst && chance(15)) write(newline)
    if (chance(8)) write(pad(column) + comment() + newline + newline)
    if (!isFirst && !afterLiteral && chance(5)) write(newline + pad(column + 2) + comment() + newline + newline)
    const from = text.length
    if (chance(15)) write(pad(column) + comment() + newline)
    if (chance(5)) write(pad(column) + comment() + newline)
    return from
  }

  const remember = (path: Path, from: number, flow: boolean) =>
    regions.set(JSON.stringify(path), { from, to: text.length, flow })

  const blockMap = (path: Path, column: number, depth: number, startsHere: boolean) => {
    for (const [index, key] of keysFor(1 + below(4)).entries()) {
      const isHere = startsHere && index === 0
      const from = isHere ? text.length : above(column, index === 0)
      if (!isHere) write(pad(column))
      const source = !isHere && chance(8) ? alias('map') : null
      if (source !== null) {
        write(`<<: ${chance(70) ? source : `[${source}, ${alias('map') ?? source}]`}`)
        endLine()
        afterLiteral = false
        remember([...path, '<<'], from, false)
        if (chance(60)) continue
        write(pad(column))
      }
      const inner = source === null ? from : text.length - column
      if (source === null && !isHere && chance(4)) write(`? ${keyText(key)}${newline}${pad(column)}:`)
      else write(`${keyText(key)}:`)
      value([...path, key], column, depth, 'map')
      const isFlat = !regions.has(JSON.stringify([...path, key, 0]))
      if (!afterLiteral && isFlat && chance(4)) write(pad(column + 1) + comment() + newline)
      remember([...path, key], inner, false)
    }
  }

  const blockList = (path: Path, column: number, depth: number, startsHere: boolean) => {
    for (let index = 0; index <= below(3); index += 1) {
      const isHere = startsHere && index === 0
      const from = isHere ? text.length : above(column, index === 0)
      if (!isHere) write(pad(column))
      write('-')
      value([...path, index], column, depth, 'list')
      remember([...path, index], from, false)
    }
  }

  /** What follows a `:` or `-`, to the end of its line. */
  const value = (path: Path, column: number, depth: number, holder: 'map' | 'list') => {
    const shape =
      depth <= 0
        ? pick(['scalar', 'literal', 'alias'] as const)
        : pick(['scalar', 'scalar', 'literal', 'alias', 'map', 'map', 'list', 'flow', 'nothing'] as const)
    const name = shape === 'alias' ? alias(null) : null
    if (shape === 'map' || shape === 'list') return collection(path, column, depth, { holder, kind: shape })
    if (shape === 'literal') {
      const anchor = withAnchor('scalar')
      if (anchor !== '') write(` ${anchor}`)
      return literal(column)
    }
    if (name !== null) write(` ${name}`)
    else if (shape === 'flow') {
      write(' ')
      flowValue(path, column, depth)
    } else if (shape !== 'nothing') {
      const anchor = withAnchor('scalar')
      if (anchor !== '') write(` ${anchor}`)
      const isBelow = holder === 'map' && chance(4)
      write(isBelow ? newline + pad(column + step) : ' ')
      write(scalar(false))
    }
    trailing()
    endLine()
    afterLiteral = false
  }

  const collection = (
    path: Path,
    column: number,
    depth: number,
    { holder, kind }: { holder: 'map' | 'list'; kind: 'map' | 'list' },
  ) => {
    const deeper = holder === 'list' ? column + 2 : column + (kind === 'map' ? step : dash)
    const anchored = chance(12) ? `&b${(names += 1)}` : ''
    const isHere = holder === 'list' && anchored === '' && chance(70)
    if (anchored !== '') write(` ${anchored}`)
    if (isHere) write(' ')
    else {
      trailing(20)
      write(newline)
    }
    afterLiteral = false
    if (kind === 'map') blockMap(path, deeper, depth - 1, isHere)
    else blockList(path, deeper, depth - 1, isHere)
    if (anchored !== '') anchors.push({ name: anchored.slice(1), kind })
  }

  const flowValue = (path: Path, column: number, depth: number) => {
    const kind = depth <= 0 ? 'scalar' : pick(['scalar', 'map', 'list', 'alias'] as const)
    const name = kind === 'alias' ? alias(null) : null
    if (name !== null) return write(`${name} `)
    if (kind === 'scalar' || kind === 'alias')
      return write(`${chance(8) ? `${withAnchor('scalar')} `.trimStart() : ''}${scalar(true)}`)
    const anchored = chance(10) ? `b${(names += 1)}` : ''
    if (anchored !== '') write(`&${anchored} `)
    const isTall = chance(30)
    const keys = kind === 'map' ? keysFor(below(4)) : Array.from({ length: below(4) }, (_, index) => index)
    flowItems(path, column, depth, { kind, keys, isTall })
    if (anchored !== '') anchors.push({ name: anchored, kind })
  }

  const flowItems = (
    path: Path,
    column: number,
    depth: number,
    { kind, keys, isTall }: { kind: 'map' | 'list'; keys: readonly (string | number)[]; isTall: boolean },
  ) => {
    const isMap = kind === 'map'
    const space = isMap && padded ? ' ' : ''
    write(isMap ? '{' : '[')
    const start = text.length
    for (const [index, key] of keys.entries()) {
      if (isTall) {
        write(newline)
        if (chance(15)) write(pad(column + 4) + comment() + newline)
        write(pad(column + 4))
      } else write(index === 0 ? space : ' ')
      const from = text.length
      if (typeof key === 'string') write(keyText(key))
      const isBare = typeof key === 'string' && chance(6)
      if (typeof key === 'string' && !(isBare && chance(50))) write(': ')
      if (!isBare) flowValue([...path, key], column + 4, depth - 1)
      remember([...path, key], from, true)
      if (index < keys.length - 1 || chance(isTall ? 50 : 8)) write(',')
      if (isTall && chance(15)) write(` ${comment()}`)
    }
    if (isTall && keys.length > 0) write(newline + pad(column + 2))
    else write(keys.length > 0 ? space : '')
    write(isMap ? '}' : ']')
    for (const key of keys)
      regions.set(JSON.stringify([...path, key]), { from: start, to: text.length - 1, flow: true })
  }

  if (chance(15)) write(comment() + newline)
  if (chance(10)) write(`---${newline}`)
  blockMap([], chance(95) || text.startsWith('\uFEFF') ? 0 : 1, 4, false)
  if (!afterLiteral && chance(15)) write(comment() + newline)
  if (chance(5)) write(`...${newline}`)
  if (text.endsWith(newline) && chance(15)) text = text.slice(0, -newline.length)
  return { text, regions }
}
