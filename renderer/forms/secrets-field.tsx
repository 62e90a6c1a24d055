import { useEffect, useState } from 'react'
import type { JsonValue } from '#core/model/handle.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { loadBlocks, secretReferences, useBlocks } from '#renderer/stores/blocks.ts'
import { completeText } from './completion.ts'
import { ProblemLines } from './field-frame.tsx'
import { useForm, type FieldProps } from './form.ts'
import { problemsAt } from './problems.ts'
import { AddButton, RowButtons } from './row-buttons.tsx'
import { SuggestInput } from './suggest-input.tsx'
import { isMap, pathText, textOf } from './values.ts'
import classes from './forms.module.css'

type RowProps = {
  readonly name: string
  readonly value: JsonValue | undefined
  readonly references: readonly string[]
  rename(to: string): void
  set(reference: string): void
  remove(): void
}

const SecretRow = ({ name, value, references, rename, set, remove }: RowProps) => (
  <div className={classes['row']}>
    <div className={classes['pair']}>
      <SuggestInput
        label="Variable"
        value={name}
        placeholder="NAME"
        commit={rename}
        mono
        holdEmpty
        autoFocus={name === ''}
      />
      <SuggestInput
        label={`Secret for ${name || 'the new variable'}`}
        value={textOf(value)}
        placeholder="block:secret/name"
        commit={set}
        suggest={(text) => completeText(text, references)}
        mono
        holdEmpty
      />
    </div>
    <RowButtons name={name || 'the new variable'} remove={remove} />
  </div>
)

/** Environment variables, each filled from a secret field of a block. The value itself never comes here. */
export const SecretsField = ({ field, path, value }: FieldProps) => {
  const { engine } = useWorld()
  const { change, problems } = useForm()
  const references = useBlocks(secretReferences)
  const [fresh, setFresh] = useState<string | null>(null)
  useEffect(() => void loadBlocks(engine), [engine])
  const entries = isMap(value) ? Object.entries(value) : []
  return (
    <>
      {(entries.length > 0 || fresh !== null) && (
        <ul className={classes['rows']}>
          {entries.map(([name, reference]) => {
            const at = [...path, name]
            return (
              <li key={name} data-field={pathText(at)}>
                <SecretRow
                  name={name}
                  value={reference}
                  references={references}
                  rename={(to) => change(`Rename ${name}`, { kind: 'rename-key', path: at, to: to.trim() })}
                  set={(text) => change(`Set ${name}`, { kind: 'set', path: at, value: text.trim() })}
                  remove={() => change(`Remove ${name}`, { kind: 'remove', path: at, prune: true })}
                />
                <ProblemLines problems={problemsAt(problems, at)} />
              </li>
            )
          })}
          {fresh !== null && (
            <li>
              <SecretRow
                name={fresh}
                value=""
                references={references}
                rename={(to) => setFresh(to.trim())}
                set={(text) => {
                  if (fresh === '') return
                  setFresh(null)
                  change(`Set ${fresh}`, { kind: 'set', path: [...path, fresh], value: text.trim() })
                }}
                remove={() => setFresh(null)}
              />
            </li>
          )}
        </ul>
      )}
      {fresh === null && (
        <AddButton label={`Add a ${field.title.toLowerCase().replace(/s$/, '')}`} click={() => setFresh('')} />
      )}
    </>
  )
}
