import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { BlockReference } from '#core/model/block-reference.ts'

export type ReadFlowOptions = {
  readonly catalogue: Catalogue
  /** Where the text came from: gives a flow without a `name` its name. */
  readonly file?: string
  /** Left out, what they answer is not checked. */
  readonly blockExists?: (reference: BlockReference) => boolean
  /** Whether `flow.run` finds this path (relative to the file) or library name. */
  readonly flowExists?: (flow: string) => boolean
  readonly fileExists?: (path: string) => boolean
}
