import type { ControlProps } from './controls.ts'
import { BrowseButton, FileTarget, useFileInput } from './file-input.tsx'
import { useForm } from './form.ts'
import { TextField } from './text-field.tsx'
import { undoName, writeOperation } from './values.ts'

const Chosen = (props: ControlProps & { pathOf(file: string): string }) => {
  const { field, path, label, pathOf } = props
  const { change } = useForm()
  const input = useFileInput((file) => change(undoName(field, path), writeOperation(field, path, pathOf(file))))
  return (
    <FileTarget input={input}>
      <TextField {...props} aside={<BrowseButton input={input} what={label ?? field.title} />} />
    </FileTarget>
  )
}

/** The path of a file: written, chosen, or dropped. */
export const PathField = (props: ControlProps) => {
  const { pathOf } = useForm()
  return pathOf ? <Chosen {...props} pathOf={pathOf} /> : <TextField {...props} />
}
