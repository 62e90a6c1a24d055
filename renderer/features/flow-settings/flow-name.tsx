import { failureOfCall } from '#core/api/client.ts'
import { useState } from 'react'
import { FieldFrame, fieldIds } from '#renderer/forms/field-frame.tsx'
import { SuggestInput } from '#renderer/forms/suggest-input.tsx'
import forms from '#renderer/forms/forms.module.css'
import type { FieldDescription } from '#core/model/field-description.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { changeFlow, useFlow, whenSaved } from '#renderer/stores/flow.ts'
import { goTo } from '#renderer/stores/navigation.ts'

const field: FieldDescription = { name: 'name', title: 'Name', widget: 'text', required: true, schema: {} }

/** A flow of the library goes by its name there too: its file is renamed with it. */
export const FlowName = () => {
  const { engine } = useWorld()
  const name = useFlow((state) => state.outline.name)
  const library = useFlow((state) => state.draft?.library ?? null)
  const [failure, setFailure] = useState<string | null>(null)
  const path = ['name']
  const rename = async (to: string) => {
    setFailure(null)
    if (library === null || library !== name) {
      await changeFlow(engine, 'Rename the flow', { kind: 'set', path, value: to })
      return
    }
    try {
      await whenSaved()
      const renamed = await engine.client.flows.rename({ name: library, to })
      goTo({ page: 'flow', name: renamed.name })
    } catch (error) {
      setFailure(failureOfCall(error).message)
    }
  }
  return (
    <FieldFrame field={field} path={path} value={name} toggle={null} single>
      <SuggestInput
        id={fieldIds(path).control}
        value={name}
        commit={(text) => text.trim() !== '' && void rename(text.trim())}
        onlyWhenLeft
      />
      {failure !== null && (
        <p role="alert" className={forms['problem']} data-severity="error">
          {failure}
        </p>
      )}
    </FieldFrame>
  )
}
