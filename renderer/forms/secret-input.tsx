import { Button, PasswordInput, Textarea } from '@mantine/core'
import { obfuscated, type SecretFacts, type SecretField } from '#core/model/block.ts'
import { KeyFile } from './key-file.tsx'
import { isShort } from './secret-changes.ts'
import { Facts } from './secret-facts.tsx'
import { useLook } from './use-look.ts'
import classes from './secret-input.module.css'
import forms from './forms.module.css'

export type SecretInputProps = {
  readonly type: string
  readonly name: string
  readonly field: SecretField
  readonly isSet: boolean
  readonly facts: SecretFacts | undefined
  /** What it will be: undefined as it was, null cleared. */
  readonly value: string | null | undefined
  /** Sets the ids of its parts apart from those of other forms. */
  readonly root: string
  change(value: string | null | undefined): void
}

const Typed = (props: SecretInputProps & { id: string; describedBy: string; invalid: boolean }) => {
  const { field, id, describedBy, invalid, change } = props
  const value = props.value ?? ''
  if (field.file) return <KeyFile id={id} describedBy={describedBy} title={field.title} value={value} take={change} />
  const common = {
    id,
    size: 'xs',
    'aria-describedby': describedBy,
    autoComplete: 'off',
    spellCheck: false,
    error: invalid,
    value,
    autoFocus: props.isSet,
  } as const
  if (field.multiline)
    return (
      <Textarea
        {...common}
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: classes['hidden'] ?? '' }}
        onCopy={(event) => event.preventDefault()}
        onCut={(event) => event.preventDefault()}
        onChange={(event) => change(event.currentTarget.value)}
      />
    )
  return (
    <PasswordInput
      {...common}
      visibilityToggleButtonProps={{ 'aria-label': `Show what is typed for ${field.title}` }}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}

/** While it is set and stays as it is. */
const Kept = ({ field, facts, change, id }: SecretInputProps & { id: string }) => (
  <>
    <div className={classes['kept']}>
      <output id={id} className={classes['stars']}>
        {obfuscated}
      </output>
      <Button size="compact-xs" variant="default" aria-label={`Replace ${field.title}`} onClick={() => change('')}>
        Replace
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        aria-label={`Clear ${field.title}`}
        onClick={() => change(null)}
      >
        Clear
      </Button>
    </div>
    {facts && <Facts facts={facts} label={`What ${field.title} holds`} />}
  </>
)

const Cleared = ({ change }: Pick<SecretInputProps, 'change'>) => (
  <div className={classes['kept']}>
    <span>Cleared when you save.</span>
    <Button size="compact-xs" variant="subtle" color="gray" onClick={() => change(undefined)}>
      Keep it
    </Button>
  </div>
)

/** A secret field: what is set is eight asterisks, to be replaced or cleared, and never comes back. */
export const SecretInput = (props: SecretInputProps) => {
  const { type, name, field, isSet, value, root, change } = props
  const look = useLook(type, name, value ?? '')
  const id = `field-${root}.${name}`
  const keeps = isSet && value === undefined
  const problem = look.problem
  return (
    <div className={forms['field']} data-field={`${root}.${name}`}>
      <div className={forms['head']}>
        <label className={forms['label']} htmlFor={id}>
          {field.title}
          {!field.optional && <span className={forms['required']}> · required</span>}
        </label>
        <span className={forms['space']} />
        {isSet && typeof value === 'string' && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => change(undefined)}>
            Keep the one that is set
          </Button>
        )}
      </div>
      {keeps && <Kept {...props} id={id} />}
      {value === null && <Cleared change={change} />}
      {!keeps && value !== null && (
        <Typed {...props} id={id} describedBy={`${id}-help ${id}-said`} invalid={problem !== null} />
      )}
      {field.help && (
        <p className={forms['help']} id={`${id}-help`}>
          {field.help}
        </p>
      )}
      <div id={`${id}-said`} role="status">
        {problem !== null && (
          <p className={forms['problem']} data-severity="error">
            {problem}
          </p>
        )}
        {look.facts && <Facts facts={look.facts} label={`What ${field.title} holds`} />}
        {isShort(value) && (
          <p className={forms['problem']} data-severity="warning">
            So short a secret cannot be masked in logs without blacking out ordinary text. Choose a longer one.
          </p>
        )}
      </div>
    </div>
  )
}
