import { TextInput } from '@mantine/core'
import { useId } from 'react'
import classes from './forms.module.css'

type Props = { readonly type: string; readonly name: string; readonly autoFocus?: boolean; setName(name: string): void }

/** The name of a new block, and what it makes of the reference. */
export const BlockName = ({ type, name, autoFocus = false, setName }: Props) => {
  const id = useId()
  return (
    <div className={classes['field']}>
      <div className={classes['head']}>
        <label className={classes['label']} htmlFor={id}>
          Name<span className={classes['required']}> · required</span>
        </label>
      </div>
      <TextInput
        id={id}
        size="xs"
        aria-describedby={`${id}-help`}
        autoComplete="off"
        spellCheck={false}
        autoFocus={autoFocus}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <p className={classes['help']} id={`${id}-help`}>
        Flows name it block:{type}/{name.trim() || '…'}
      </p>
    </div>
  )
}
