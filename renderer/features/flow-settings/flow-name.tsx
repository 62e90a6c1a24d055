import { notifications } from '@mantine/notifications'
import { failureOfCall } from '#core/api/client.ts'
import { useState } from 'react'
import { FieldFrame, fieldIds } from '#renderer/forms/field-frame.tsx'
import { SuggestInput } from '#renderer/forms/suggest-input.tsx'
import forms from '#renderer/forms/forms.module.css'
import type { FieldDescription } from '#core/model/field-description.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useFlow } from '#renderer/stores/flow.ts'
import { followedInWords, renameOpenFlow } from '#renderer/stores/rename-flow.ts'

const field: FieldDescription = { name: 'name', title: 'Name', widget: 'text', required: true, schema: {} }

/** A flow of the library goes by its name there too: its file is renamed with it. */
export const FlowName = () => {
  const { engine } = useWorld()
  const name = useFlow((state) => state.outline.name)
  const [failure, setFailure] = useState<string | null>(null)
  const path = ['name']
  const rename = async (to: string) => {
    setFailure(null)
    try {
      const renamed = await renameOpenFlow(engine, to)
      const followed = renamed && followedInWords(renamed)
      if (followed !== null) notifications.show({ message: followed })
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
