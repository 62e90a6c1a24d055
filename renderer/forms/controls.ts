import { createContext, useContext, type ComponentType } from 'react'
import type { BlockTypeSummary } from '#core/model/block.ts'
import type { FieldProps } from './form.ts'

export type ControlProps = FieldProps & {
  /** Names the control where no title does. */
  readonly label?: string
  readonly autoFocus?: boolean
}

export type NewBlockProps = {
  /** What may be made; the first is offered. */
  readonly types: readonly BlockTypeSummary[]
  /** The name it begins with. */
  readonly name?: string
  made(reference: string): void
  close(): void
}

/** What fields that hold fields draw these with: a field of a list in a map knows of no other by itself. */
export type Controls = {
  readonly Control: ComponentType<ControlProps>
  readonly Field: ComponentType<FieldProps>
  readonly NewBlock: ComponentType<NewBlockProps>
}

const ControlsContext = createContext<Controls | null>(null)

export const ControlsProvider = ControlsContext.Provider

export const useControls = (): Controls => {
  const controls = useContext(ControlsContext)
  if (!controls) throw new Error('There is no form around this field.')
  return controls
}
