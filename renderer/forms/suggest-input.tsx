import { Combobox, Textarea, TextInput, useCombobox } from '@mantine/core'
import { useRef, useState, type FocusEvent, type KeyboardEvent, type ReactNode } from 'react'
import type { Suggestions } from './completion.ts'
import { useTextDraft } from './use-text-draft.ts'
import classes from './forms.module.css'

export type SuggestInputProps = {
  readonly id?: string | undefined
  /** The name for those who do not see the label; not needed where `id` has one. */
  readonly label?: string | undefined
  readonly describedBy?: string | undefined
  readonly invalid?: boolean
  readonly value: string
  commit(text: string): void
  suggest?(text: string, cursor: number): Suggestions | null
  readonly placeholder?: string | undefined
  readonly multiline?: boolean
  readonly mono?: boolean
  /** An empty text is kept back until the person leaves: it takes the row away. */
  readonly holdEmpty?: boolean
  /** A name is changed once, when it is written out, and not on every pause. */
  readonly onlyWhenLeft?: boolean
  readonly autoFocus?: boolean
  readonly secret?: boolean
  /** Stands within the field, at its end. */
  readonly aside?: ReactNode
}

const notEmpty = (text: string): boolean => text.trim() !== ''
const never = (): boolean => false

/** A text field that may suggest how to go on. It sends its text on a pause, on Enter and when it is left. */
export const SuggestInput = (props: SuggestInputProps) => {
  const { id, label, describedBy, invalid = false, value, commit, suggest, placeholder, multiline, mono } = props
  const draft = useTextDraft(value, commit, props.onlyWhenLeft ? never : props.holdEmpty ? notEmpty : undefined)
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [cursor, setCursor] = useState(0)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const found = combobox.dropdownOpened ? (suggest?.(draft.text, Math.min(cursor, draft.text.length)) ?? null) : null

  const choose = (insert: string) => {
    if (!found) return
    draft.type(draft.text.slice(0, found.from) + insert + draft.text.slice(found.to))
    combobox.closeDropdown()
    const end = found.from + insert.length
    requestAnimationFrame(() => input.current?.setSelectionRange(end, end))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !combobox.dropdownOpened) draft.drop()
    if (event.key !== 'Enter' || multiline || combobox.getSelectedOptionIndex() !== -1) return
    draft.send()
    combobox.closeDropdown()
  }
  const shared = {
    ref: input,
    size: 'xs',
    value: draft.text,
    placeholder,
    error: invalid,
    autoFocus: props.autoFocus ?? false,
    spellCheck: false,
    autoComplete: 'off',
    classNames: { input: mono ? (classes['mono'] ?? '') : '' },
    ...(id !== undefined && { id }),
    ...(label !== undefined && { 'aria-label': label }),
    ...(describedBy !== undefined && { 'aria-describedby': describedBy }),
    'aria-invalid': invalid,
    onChange: (event: { currentTarget: { value: string; selectionStart: number | null } }) => {
      setCursor(event.currentTarget.selectionStart ?? event.currentTarget.value.length)
      draft.type(event.currentTarget.value)
      if (suggest) combobox.openDropdown()
    },
    onFocus: (event: FocusEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      event.currentTarget.value === '' && suggest && combobox.openDropdown(),
    onBlur: () => {
      draft.send()
      combobox.closeDropdown()
    },
    onKeyDown,
  } as const
  return (
    <Combobox store={combobox} onOptionSubmit={choose} size="xs" position="bottom-start" width={300} shadow="md">
      <Combobox.Target withAriaAttributes={found !== null}>
        {multiline ? (
          <Textarea {...shared} autosize minRows={2} maxRows={12} />
        ) : (
          <TextInput {...shared} type={props.secret ? 'password' : 'text'} rightSection={props.aside} />
        )}
      </Combobox.Target>
      <Combobox.Dropdown hidden={found === null} className={classes['suggestions'] ?? ''}>
        <Combobox.Options>
          {found?.options.map((option) => (
            <Combobox.Option key={option.label} value={option.insert}>
              <span className={classes['suggestion']}>{option.label}</span>
              {option.hint !== '' && <span className={classes['hint']}>{option.hint}</span>}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
