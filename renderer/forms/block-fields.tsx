import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import { isSecretSet } from '#renderer/stores/blocks.ts'
import { Field, Fields } from './field.tsx'
import { isShort, type SecretChanges } from './secret-changes.ts'
import { SecretInput } from './secret-input.tsx'
import { SecretsNote } from './secrets-note.tsx'
import { TakeShort } from './take-short.tsx'
import type { JsonMap } from './values.ts'

export type BlockFieldsProps = {
  readonly type: BlockTypeSummary
  readonly settings: JsonMap
  /** Of the form around them. */
  readonly root: string
  readonly secrets: SecretChanges
  /** The block as it is saved; null for a new one. */
  readonly block: Block | null
}

const SecretFields = ({ type, root, secrets, block, files }: BlockFieldsProps & { files: boolean }) =>
  Object.entries(type.secrets)
    .filter(([, { file = false }]) => file === files)
    .map(([name, field]) => (
      <SecretInput
        key={name}
        type={type.type}
        name={name}
        field={field}
        root={root}
        isSet={isSecretSet(block, name)}
        facts={block?.facts[name]}
        value={secrets.values[name]}
        change={(value) => secrets.change(name, value)}
      />
    ))

/** What there is to say of all secrets together: whether they could be kept and masked. */
const AboutSecrets = ({ type, secrets }: Pick<BlockFieldsProps, 'type' | 'secrets'>) => {
  if (Object.keys(type.secrets).length === 0) return null
  return (
    <>
      {Object.values(secrets.values).some(isShort) && (
        <TakeShort checked={secrets.allowShort} change={secrets.setAllowShort} />
      )}
      <SecretsNote />
    </>
  )
}

/** Settings and secrets of a block, drawn from the definition of its type. A key that is a file says most, so it comes first. */
export const BlockFields = (props: BlockFieldsProps) => (
  <Fields>
    <SecretFields {...props} files />
    {props.type.fields.map((field) => (
      <Field
        key={`${props.type.type}.${field.name}`}
        field={field}
        path={[props.root, field.name]}
        value={props.settings[field.name]}
      />
    ))}
    <SecretFields {...props} files={false} />
    <AboutSecrets type={props.type} secrets={props.secrets} />
  </Fields>
)
