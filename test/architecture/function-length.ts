import { parseSync } from '@swc/core'

export type FunctionLength = { readonly line: number; readonly lines: number }

type Node = { readonly type: string; readonly span?: { readonly start: number; readonly end: number } }

const functionTypes = new Set([
  'ArrowFunctionExpression',
  'FunctionDeclaration',
  'FunctionExpression',
  'ClassMethod',
  'MethodProperty',
])

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

const childrenOf = (node: object): readonly unknown[] => Object.values(node).flat()

const lineFeed = 10

/** How many of the ascending numbers are less than a limit. */
const countBelow = (numbers: readonly number[], limit: number): number => {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The length of each function without the functions inside it: what a reader has to hold at once. A closure that only
 * gathers short functions around shared state is as short as what it does itself.
 */
export const functionLengths = (text: string, { tsx = false } = {}): readonly FunctionLength[] => {
  const module = parseSync(text, { syntax: 'typescript', tsx, target: 'es2024' })
  const bytes = Buffer.from(text)
  // swc counts on from what it parsed before, and in bytes.
  const base = module.span.end - bytes.length
  const lineEnds = [...bytes.keys()].filter((index) => bytes[index] === lineFeed)
  const lineAt = (position: number): number => countBelow(lineEnds, position - base) + 1
  const found: FunctionLength[] = []
  const visit = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0
    const nested = childrenOf(value).reduce((sum: number, child) => sum + visit(child), 0)
    if (!isNode(value) || !functionTypes.has(value.type) || !value.span) return nested
    const line = lineAt(value.span.start)
    const all = lineAt(value.span.end) - line + 1
    found.push({ line, lines: all - nested })
    // What stays of it in the function around it is its first line.
    return all - 1
  }
  visit(module.body)
  return found
}
