import type { ReactNode } from 'react'
import { ControlsProvider, type Controls } from './controls.ts'
import { Control, Field } from './field.tsx'
import { FormContextProvider, type Form } from './form.ts'
import { NewBlock } from './new-block.tsx'

const controls: Controls = { Control, Field, NewBlock }

/** A form around its fields. */
export const FormProvider = ({ value, children }: { value: Form; children: ReactNode }) => (
  <ControlsProvider value={controls}>
    <FormContextProvider value={value}>{children}</FormContextProvider>
  </ControlsProvider>
)
