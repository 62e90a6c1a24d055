import { isScalar } from 'yaml'
import type { Node, Scalar, YAMLMap } from 'yaml'

/** A key as written: `1.0` and `null` are names too. */
export const keyText = (key: Scalar): string =>
  typeof key.value === 'string' ? key.value : (key.source ?? JSON.stringify(key.value ?? null))

export const isMergeKey = (key: unknown): boolean => isScalar(key) && key.value === '<<' && key.type === 'PLAIN'

/** The key of a map's pair, as written; aliases as keys are not looked through. */
export const keyNode = (map: YAMLMap, key: string): Node | null => {
  for (const pair of map.items) if (isScalar(pair.key) && keyText(pair.key) === key) return pair.key
  return null
}
