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

const ChosenFolder = (props: ControlProps & { chooseFolder(): Promise<string | null> }) => {
  const { field, path, label, chooseFolder } = props
  const { change } = useForm()
  const browse = async () => {
    const folder = await chooseFolder()
    if (folder !== null) change(undoName(field, path), writeOperation(field, path, folder))
  }
  const input = { coming: { state: 'none' }, browse: () => void browse() } as const
  return <TextField {...props} aside={<BrowseButton input={input} what={label ?? field.title} />} />
}

/** The path of a file or a folder: written or chosen; a file may also be dropped. */
export const PathField = (props: ControlProps) => {
  const { pathOf, chooseFolder } = useForm()
  if (props.field.folder)
    return chooseFolder ? <ChosenFolder {...props} chooseFolder={chooseFolder} /> : <TextField {...props} />
  return pathOf ? <Chosen {...props} pathOf={pathOf} /> : <TextField {...props} />
}
