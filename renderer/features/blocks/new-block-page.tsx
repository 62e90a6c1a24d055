import { Button, TextInput } from '@mantine/core'
import { Search } from 'lucide-react'
import { useEffect, useState, type SubmitEvent } from 'react'
import type { BlockTypeSummary } from '#core/model/block.ts'
import { BlockFields } from '#renderer/forms/block-fields.tsx'
import { BlockName } from '#renderer/forms/block-name.tsx'
import { FormButtons } from '#renderer/forms/form-buttons.tsx'
import { FormProvider } from '#renderer/forms/form-provider.tsx'
import { filledSecrets } from '#renderer/forms/secret-changes.ts'
import { useBlockForm } from '#renderer/forms/use-block-form.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { broughtKey, forgetKey } from '#renderer/stores/brought.ts'
import { addressOf, goTo } from '#renderer/stores/navigation.ts'
import { useSession } from '#renderer/stores/session.ts'
import { Page } from '#renderer/ui/page.tsx'
import { finishDeletions } from './block-actions.ts'
import { testBlock } from './block-tests.ts'
import { AboutType } from './about-type.tsx'
import { TypeCatalogue } from './type-catalogue.tsx'
import { useSaveCommand } from './use-block-commands.ts'
import classes from './block-page.module.css'

const toBlocks = { title: 'Blocks', address: addressOf({ page: 'blocks' }) }
const toTypes = { title: 'Add a block', address: addressOf({ page: 'new-block', type: null }) }

/** The types there are, to choose one. */
const ChooseType = () => {
  const [text, setText] = useState('')
  const search = (
    <TextInput
      size="xs"
      autoFocus
      placeholder="Search types"
      aria-label="Search types"
      leftSection={<Search size={14} />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  )
  return (
    <Page title="Add a block" back={toBlocks} actions={search}>
      <TypeCatalogue text={text} />
    </Page>
  )
}

const useNewBlock = (type: BlockTypeSummary) => {
  const { engine } = useWorld()
  const [secrets] = useState(() => broughtKey(type.type))
  // From now on only this form has it.
  useEffect(forgetKey, [])
  const [name, setName] = useState('')
  const form = useBlockForm({ type, block: null, draft: `new:${type.type}`, secrets })
  const create = async (thenTest: boolean) => {
    const block = await form.save(async ({ settings, secrets: values, allowShort }) => {
      await finishDeletions()
      return engine.client.blocks.create({
        type: type.type,
        name: name.trim(),
        settings,
        secrets: filledSecrets(values),
        allowShort,
      })
    })
    if (!block) return
    goTo({ page: 'block', reference: block.reference })
    if (thenTest) void testBlock(engine, block)
  }
  return { form, name, setName, create }
}

const Form = ({ type }: { type: BlockTypeSummary }) => {
  const { form, name, setName, create } = useNewBlock(type)
  const createAndTest = () => {
    if (name.trim() !== '' && !form.isSaving) void create(true)
  }
  useSaveCommand(createAndTest)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    createAndTest()
  }
  return (
    <form className={classes['card']} aria-label="New block" onSubmit={submit}>
      <BlockName type={type.type} name={name} autoFocus setName={setName} />
      <FormProvider value={form.form}>
        <BlockFields type={type} settings={form.settings} root={form.root} secrets={form.secrets} block={null} />
      </FormProvider>
      {form.failure !== null && (
        <p role="alert" className={classes['failure']}>
          {form.failure}
        </p>
      )}
      <FormButtons>
        <Button size="xs" type="submit" loading={form.isSaving} disabled={name.trim() === ''}>
          Save and test
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={name.trim() === '' || form.isSaving}
          onClick={() => void create(false)}
        >
          Save
        </Button>
        <Button size="xs" variant="subtle" color="gray" component="a" href={toBlocks.address} onClick={form.reset}>
          Cancel
        </Button>
      </FormButtons>
    </form>
  )
}

/** A form for a new block, beside what its type is for. */
const OfType = ({ type }: { type: BlockTypeSummary }) => (
  <Page title={`New ${type.title}`} back={toTypes}>
    <div className={classes['columns']}>
      <Form type={type} />
      <AboutType type={type} />
    </div>
  </Page>
)

/** The catalogue of types, then the form of the one that is chosen. */
export const NewBlockPage = ({ type: chosen }: { type: string | null }) => {
  const types = useSession((session) => session.blockTypes)
  if (types.size === 0) return null
  const type = types.get(chosen ?? '')
  return type ? <OfType key={type.type} type={type} /> : <ChooseType />
}
