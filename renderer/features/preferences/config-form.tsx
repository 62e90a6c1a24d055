import { Button, NumberInput, TextInput } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import type { ConfigEntry } from '#core/model/reports.ts'
import type { Config } from './use-config.ts'
import classes from './preferences-page.module.css'

const titles: Readonly<Record<string, string>> = {
  concurrency: 'Task runs at once',
  'memory-mb': 'Memory for tables',
  'task-memory-mb': 'Memory of one task run',
  threads: 'Threads',
  'keep-runs': 'Keep runs for',
  'keep-mb': 'Keep results up to',
}

const sourceWords = { default: 'The default.', home: 'Set here.', environment: 'Set by the environment.' } as const

type FieldProps = { readonly entry: ConfigEntry; readonly value: string; readonly setValue: (value: string) => void }

const Field = ({ entry: { key, help, takes, source }, value, setValue }: FieldProps) => {
  const common = {
    size: 'xs',
    label: titles[key] ?? key,
    description: `${help} ${sourceWords[source]}`,
    disabled: source === 'environment',
  } as const
  if (takes.kind === 'number')
    return (
      <NumberInput
        {...common}
        min={takes.least}
        allowDecimal={false}
        thousandSeparator=","
        suffix={takes.unit === null ? '' : ` ${takes.unit}`}
        value={Number(value)}
        onChange={(next) => setValue(String(next))}
      />
    )
  return <TextInput {...common} value={value} onChange={(event) => setValue(event.currentTarget.value)} />
}

/** One setting of the home, as what it is. */
export const ConfigForm = ({ entry, config }: { entry: ConfigEntry; config: Config }) => {
  const [value, setValue] = useState(entry.value)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void config.set(entry.key, value)
  }
  return (
    <form className={classes['entry']} onSubmit={submit}>
      <Field entry={entry} value={value} setValue={setValue} />
      {value !== entry.value && value !== '' ? (
        <Button size="xs" type="submit" className={classes['action'] ?? ''}>
          Save
        </Button>
      ) : (
        <Button
          size="xs"
          variant="subtle"
          className={classes['action'] ?? ''}
          style={{ visibility: entry.source === 'home' ? 'visible' : 'hidden' }}
          onClick={() => void config.unset(entry.key)}
        >
          Use the default
        </Button>
      )}
    </form>
  )
}
