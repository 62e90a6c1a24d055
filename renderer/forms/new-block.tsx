import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useMemo, useState, type ReactNode } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import { askForPassphrase, isVaultLocked } from '#renderer/stores/vault.ts'
import type { BlockTypeSummary } from '#core/model/block.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { loadBlocks } from '#renderer/stores/blocks.ts'
import { ControlsProvider, type Controls, type NewBlockProps } from './controls.ts'
import { Control, Field } from './field.tsx'
import { FormContextProvider, type Form } from './form.ts'
import { applyToValue } from './local-form.ts'
import { isMap, type JsonMap } from './values.ts'
import classes from './forms.module.css'

const none: JsonMap = {}

/** A form whose values are held here. */
const useLocalForm = () => {
  const [settings, setSettings] = useState<JsonValue>(none)
  const form = useMemo(
    (): Form => ({
      change: (_what, operation) => setSettings((value) => applyToValue(value, operation)),
      problems: [],
      columnsOf: () => [],
      expressions: null,
    }),
    [],
  )
  return { form, settings: isMap(settings) ? settings : none, reset: () => setSettings(none) }
}

const LocalForm = ({ form, children }: { form: Form; children: ReactNode }) => (
  <ControlsProvider value={controls}>
    <FormContextProvider value={form}>{children}</FormContextProvider>
  </ControlsProvider>
)

const Secrets = (props: {
  type: BlockTypeSummary
  values: Readonly<Record<string, string>>
  set: (field: string, value: string) => void
}) =>
  Object.entries(props.type.secrets).map(([name, { title, help, optional }]) => (
    <PasswordInput
      key={name}
      size="xs"
      label={optional ? title : `${title} · required`}
      description={help}
      autoComplete="off"
      value={props.values[name] ?? ''}
      onChange={(event) => props.set(name, event.currentTarget.value)}
    />
  ))

/** Makes a block without leaving the form that needs it. Secrets go straight to their place and never come back. */
export const NewBlock = ({ types, name: given = '', made, close }: NewBlockProps) => {
  const { engine } = useWorld()
  const [chosen, setChosen] = useState(types[0]?.type ?? '')
  const [name, setName] = useState(given)
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({})
  const [failure, setFailure] = useState<string | null>(null)
  const { form, settings, reset } = useLocalForm()
  const type = types.find((one) => one.type === chosen)
  if (!type) return <p className={classes['help']}>There is no type of block that fits here.</p>

  const create = async () => {
    try {
      const filled = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== ''))
      const block = await engine.client.blocks.create({ type: type.type, name: name.trim(), settings, secrets: filled })
      await loadBlocks(engine)
      made(block.reference)
    } catch (error) {
      setFailure(failureOfCall(error).message)
      if (isVaultLocked()) askForPassphrase()
    }
  }
  return (
    <div className={classes['card']} role="group" aria-label="New block">
      {types.length > 1 && (
        <NativeSelect
          size="xs"
          label="Type"
          value={chosen}
          data={types.map((one) => ({ value: one.type, label: one.title }))}
          onChange={(event) => {
            setChosen(event.currentTarget.value)
            setSecrets({})
            reset()
          }}
        />
      )}
      <TextInput
        size="xs"
        label="Name"
        description={`Used as block:${type.type}/${name.trim() || '…'}`}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <LocalForm form={form}>
        {type.fields.map((field) => (
          <Field key={`${type.type}.${field.name}`} field={field} path={[field.name]} value={settings[field.name]} />
        ))}
      </LocalForm>
      <Secrets type={type} values={secrets} set={(field, value) => setSecrets({ ...secrets, [field]: value })} />
      {failure !== null && (
        <p role="alert" className={classes['problem']} data-severity="error">
          {failure}
        </p>
      )}
      <div className={classes['cardHead']}>
        <Button size="xs" disabled={name.trim() === ''} onClick={() => void create()}>
          Make the block
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={close}>
          Cancel
        </Button>
      </div>
    </div>
  )
}

const controls: Controls = { Control, Field, NewBlock }
