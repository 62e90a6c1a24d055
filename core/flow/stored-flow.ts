import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { ReadFlowOptions } from './read-flow-options.ts'
import { readFlow, type FlowReading } from './read-flow.ts'

/** Raised whenever FlowDocument, or what is checked, changes. */
const storedVersion = 1

type Stored = { readonly version: number; readonly types: string; readonly document: FlowDocument }

/** The types a document was checked against: a new version of one may see the flow differently. */
const typesOf = (catalogue: Catalogue): string =>
  [...catalogue.tasks.values()].map(({ type, version }) => `${type}@${version}`).join(' ')

/** The parsed form of a flow, for storing beside its text by the text's hash. */
export const flowToJson = (document: FlowDocument, catalogue: Catalogue): string =>
  JSON.stringify({ version: storedVersion, types: typesOf(catalogue), document } satisfies Stored)

/** Null when it was made by another version or for other task types: then read the text again. */
export const flowFromJson = (json: string, catalogue: Catalogue): FlowDocument | null => {
  try {
    // Our own store's JSON, written by flowToJson; the version says whether it still has this shape.
    const stored = JSON.parse(json) as Partial<Stored> | null
    if (stored?.version !== storedVersion || stored.types !== typesOf(catalogue)) return null
    return stored.document ?? null
  } catch {
    return null
  }
}

/**
 * The parsed form when it is there and still right, else the text is read. What the text is checked against outside
 * itself (blocks, files, other flows) is not looked at again.
 */
export const readStoredFlow = (
  stored: { readonly text: string; readonly json: string | null },
  options: ReadFlowOptions,
): FlowReading => {
  const document = stored.json === null ? null : flowFromJson(stored.json, options.catalogue)
  if (document === null) return readFlow(stored.text, options)
  return { document, problems: [], source: { text: stored.text, yaml: null } }
}
