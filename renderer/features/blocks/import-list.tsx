import { Button } from '@mantine/core'
import { Check, PackageOpen, X } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import type { Block, ImportResult } from '#core/model/block.ts'
import { NewBlock } from '#renderer/forms/new-block.tsx'
import { isShort } from '#renderer/forms/secret-changes.ts'
import { SecretInput } from '#renderer/forms/secret-input.tsx'
import { SecretsNote } from '#renderer/forms/secrets-note.tsx'
import { TakeShort } from '#renderer/forms/take-short.tsx'
import { useWorld } from '#renderer/rpc/world.tsx'
import { isSecretSet, useBlocks } from '#renderer/stores/blocks.ts'
import { addressOf } from '#renderer/stores/navigation.ts'
import { useSession } from '#renderer/stores/session.ts'
import { closeImport, useImport } from './block-import.ts'
import { readBlockList } from './block-list.ts'
import classes from './import-list.module.css'

const useBlock = (reference: string): Block | undefined =>
  useBlocks((state) => state.blocks?.find((block) => block.reference === reference))

const Name = ({ reference }: { reference: string }) => (
  <a href={addressOf({ page: 'block', reference })}>{reference.replace('block:', '')}</a>
)

/** A secret that the import asks for, until it is set. */
const MissingSecret = ({ reference, field }: { reference: string; field: string }) => {
  const { engine } = useWorld()
  const block = useBlock(reference)
  const type = useSession((session) => session.blockTypes.get(block?.type ?? ''))
  const [value, setValue] = useState<string | null | undefined>(undefined)
  const [allowShort, setAllowShort] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const secret = type?.secrets[field]
  if (!block || !type || !secret) return null
  if (isSecretSet(block, field))
    return (
      <li data-done>
        <Check size={16} aria-label="Set" /> <Name reference={reference} /> {secret.title}
      </li>
    )
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    try {
      await engine.client.blocks.edit({ block: reference, secrets: { [field]: value ?? '' }, allowShort })
      setValue(undefined)
      await readBlockList(engine)
    } catch (error) {
      setFailure(failureOfCall(error).message)
    }
  }
  return (
    <li>
      <form onSubmit={(event) => void save(event)} aria-label={`${secret.title} of ${block.name}`}>
        <Name reference={reference} />
        <SecretInput
          type={type.type}
          name={field}
          field={secret}
          root={`import-${reference}`}
          isSet={false}
          facts={undefined}
          value={value}
          change={setValue}
        />
        {isShort(value) && <TakeShort checked={allowShort} change={setAllowShort} />}
        {failure !== null && (
          <p role="alert" className={classes['failure']}>
            {failure}
          </p>
        )}
        <Button size="compact-sm" type="submit" disabled={!value || (isShort(value) && !allowShort)}>
          Set it
        </Button>
      </form>
    </li>
  )
}

/** A block that an imported one names and that is not here. */
const MissingBlock = ({ reference, names }: { reference: string; names: string }) => {
  const { engine } = useWorld()
  const [isMaking, setMaking] = useState(false)
  const wanted = parseBlockReference(names)
  const type = useSession((session) => session.blockTypes.get(wanted?.type ?? ''))
  const isHere = useBlock(names) !== undefined
  if (isHere)
    return (
      <li data-done>
        <Check size={16} aria-label="There" /> <Name reference={names} />
      </li>
    )
  const made = () => {
    setMaking(false)
    void readBlockList(engine)
  }
  return (
    <li data-missing>
      <span>
        <Name reference={reference} /> names <code>{names}</code>, which is not here.
      </span>
      {type && !isMaking && (
        <Button size="compact-sm" variant="light" onClick={() => setMaking(true)}>
          Make it
        </Button>
      )}
      {type && isMaking && (
        <NewBlock types={[type]} name={wanted?.name ?? ''} made={made} close={() => setMaking(false)} />
      )}
    </li>
  )
}

const countOf = ({ blocks }: ImportResult): string => (blocks.length === 1 ? '1 block' : `${blocks.length} blocks`)

const CheckList = ({ result }: { result: ImportResult }) => {
  const { missing, missingBlocks } = result
  if (missing.length + missingBlocks.length === 0) return <p>Nothing is missing: they can be used.</p>
  return (
    <>
      <p>Secrets are in no export. Fill in what is missing; the rest works.</p>
      <SecretsNote />
      <ul className={classes['list']} aria-label="What is missing">
        {missing.map(({ reference, field }) => (
          <MissingSecret key={`${reference}#${field}`} reference={reference} field={field} />
        ))}
        {missingBlocks.map(({ reference, names, field }) => (
          <MissingBlock key={`${reference}.${field}`} reference={reference} names={names} />
        ))}
      </ul>
    </>
  )
}

/** What an import brought, and what it still needs. */
export const ImportList = () => {
  const { file, result, failure } = useImport()
  if (!result && !failure) return null
  return (
    <section className={classes['panel']} aria-label="Imported blocks">
      <header>
        <PackageOpen size={16} aria-hidden />
        <strong>{result ? `Imported ${countOf(result)} from ${file}` : `${file} was not imported`}</strong>
        <Button size="compact-xs" variant="subtle" color="gray" aria-label="Close the import" onClick={closeImport}>
          <X size={14} />
        </Button>
      </header>
      {failure && (
        <p role="alert" className={classes['failure']}>
          {failure.message}
        </p>
      )}
      {result && <CheckList result={result} />}
    </section>
  )
}
