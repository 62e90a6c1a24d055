import { createContext, useContext } from 'react'
import type { ExpressionResult } from '#core/model/expression-result.ts'
import type { EditOperation, EditPath } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import type { Problem } from '#core/model/problem.ts'

/** A name that an expression may read, in full: `tasks.clean.rows`. */
export type ExpressionName = { readonly name: string; readonly hint: string }

export type Expressions = {
  readonly names: readonly ExpressionName[]
  /** Whether a value at this place may be an expression as a whole, whatever it otherwise is. */
  fits(path: EditPath): boolean
  /** What a text gives, as far as it can be known before a run. */
  evaluate(path: EditPath, text: string): Promise<ExpressionResult>
}

/** What the fields of one form share: where their values are kept, and what is known around them. */
export type Form = {
  /** `what` names the change for undo, for example `Set where`. */
  change(what: string, operation: EditOperation): void
  readonly problems: readonly Problem[]
  /** Names of the columns of the table at an input port; none when nobody knows them yet. */
  columnsOf(port: string): readonly string[]
  /** Null where values are taken as they are. */
  readonly expressions: Expressions | null
  /** How a file that was chosen is written in a value; where it is left out nobody chooses files. */
  pathOf?(file: string): string
  /** The same for folders; null when none was chosen. */
  chooseFolder?(): Promise<string | null>
}

/** What every field component is given: what it is, where its value stands, and the value, undefined when it is not set. */
export type FieldProps = {
  readonly field: FieldDescription
  readonly path: EditPath
  readonly value: JsonValue | undefined
}

const FormContext = createContext<Form | null>(null)

export const FormContextProvider = FormContext.Provider

export const useForm = (): Form => {
  const form = useContext(FormContext)
  if (!form) throw new Error('There is no form around this field.')
  return form
}
