/** A block is named `block:type/name` wherever it is referred to, with `#field` for one secret field of it. */
export type BlockReference = { readonly type: string; readonly name: string; readonly field: string | null }

const pattern = /^block:([a-z][a-z0-9-]*)\/([^/%&><#]+)(?:#([A-Za-z_][A-Za-z0-9_]*))?$/

export const parseBlockReference = (text: string): BlockReference | null => {
  const match = pattern.exec(text)
  if (!match) return null
  return { type: match[1] ?? '', name: match[2] ?? '', field: match[3] ?? null }
}

export const formatBlockReference = ({ type, name }: { type: string; name: string }): string => `block:${type}/${name}`

/** A file in a storage, by its block: `block:type/name/folder/file`. */
export const parseBlockPath = (text: string): { readonly reference: string; readonly path: string } | null => {
  const match = /^(block:[a-z][a-z0-9-]*\/[^/%&><#]+)\/(.+)$/.exec(text)
  return match ? { reference: match[1] ?? '', path: match[2] ?? '' } : null
}
