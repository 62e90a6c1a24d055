import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { BlockTypeSummary } from '#core/model/block.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { BlockFields } from './block-fields.tsx'
import { BlockName } from './block-name.tsx'
import { ControlsProvider, type Controls, type NewBlockProps } from './controls.ts'
import { Control, Field } from './field.tsx'
import { FormButtons } from './form-buttons.tsx'
import { FormContextProvider } from './form.ts'
import { filledSecrets } from './secret-changes.ts'
import { useBlockForm } from './use-block-form.ts'
import classes from './forms.module.css'

type OfTypeProps = Omit<NewBlockProps, 'types' | 'name'> & {
  readonly type: BlockTypeSummary
  readonly name: string
  setName(name: string): void
}

const OfType = ({ type, name, setName, made, close }: OfTypeProps) => {
  const { engine } = useWorld()
  const form = useBlockForm({ type, block: null, draft: null })
  const create = async () => {
    const block = await form.save(({ settings, secrets, allowShort }) =>
      engine.client.blocks.create({
        type: type.type,
        name: name.trim(),
        settings,
        secrets: filledSecrets(secrets),
        allowShort,
      }),
    )
    if (block) made(block.reference)
  }
  return (
    <>
      <BlockName type={type.type} name={name} setName={setName} />
      <ControlsProvider value={controls}>
        <FormContextProvider value={form.form}>
          <BlockFields type={type} settings={form.settings} root={form.root} secrets={form.secrets} block={null} />
        </FormContextProvider>
      </ControlsProvider>
      {form.failure !== null && (
        <p role="alert" className={classes['problem']} data-severity="error">
          {form.failure}
        </p>
      )}
      <FormButtons>
        <Button size="xs" loading={form.isSaving} disabled={name.trim() === ''} onClick={() => void create()}>
          Make the block
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={close}>
          Cancel
        </Button>
      </FormButtons>
    </>
  )
}

/** Makes a block without leaving the form that needs it. Secrets go straight to their place and never come back. */
export const NewBlock = ({ types, name: given = '', made, close }: NewBlockProps) => {
  const [chosen, setChosen] = useState(types[0]?.type ?? '')
  const [name, setName] = useState(given)
  const type = types.find((one) => one.type === chosen)
  if (!type) return <p className={classes['help']}>There is no type of block that fits here.</p>
  return (
    <div className={classes['card']} role="group" aria-label="New block">
      {types.length > 1 && (
        <NativeSelect
          size="xs"
          label="Type"
          value={chosen}
          data={types.map((one) => ({ value: one.type, label: one.title }))}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      <OfType key={type.type} type={type} name={name} setName={setName} made={made} close={close} />
    </div>
  )
}

const controls: Controls = { Control, Field, NewBlock }
