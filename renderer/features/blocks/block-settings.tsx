import { Button } from '@mantine/core'
import type { SubmitEvent } from 'react'
import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import { BlockFields } from '#renderer/forms/block-fields.tsx'
import { FormButtons } from '#renderer/forms/form-buttons.tsx'
import { FormProvider } from '#renderer/forms/form-provider.tsx'
import { useBlockForm } from '#renderer/forms/use-block-form.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { readBlockList } from './block-list.ts'
import { forgetTest, testBlock } from './block-tests.ts'
import { useSaveCommand } from './use-block-commands.ts'
import classes from './block-page.module.css'

/** The form of a block that is saved. */
const useOpenBlockForm = (block: Block, type: BlockTypeSummary) => {
  const { engine } = useWorld()
  const form = useBlockForm({ type, block, draft: block.id })
  const save = async (thenTest: boolean) => {
    const saved = await form.save(({ settings, secrets, allowShort }) => {
      const unset = Object.keys(block.settings).filter((name) => !(name in settings))
      return engine.client.blocks.edit({ block: block.reference, settings, unset, secrets, allowShort })
    })
    if (!saved) return
    forgetTest(block)
    await readBlockList(engine)
    if (thenTest) await testBlock(engine, saved)
  }
  return { form, save: (thenTest = false) => void save(thenTest) }
}

/** What can be set of a block; it is in force once it is saved. */
export const BlockSettings = ({ block, type }: { block: Block; type: BlockTypeSummary }) => {
  const { form, save } = useOpenBlockForm(block, type)
  useSaveCommand(() => save())
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    save()
  }
  return (
    <form className={classes['card']} aria-label="Settings" onSubmit={submit}>
      <FormProvider value={form.form}>
        <BlockFields type={type} settings={form.settings} root={form.root} secrets={form.secrets} block={block} />
      </FormProvider>
      {type.fields.length + Object.keys(type.secrets).length === 0 && <p>There is nothing to set.</p>}
      {form.failure !== null && (
        <p role="alert" className={classes['failure']}>
          {form.failure}
        </p>
      )}
      <FormButtons>
        <Button size="xs" type="submit" loading={form.isSaving} disabled={!form.isChanged}>
          Save
        </Button>
        {form.isChanged && (
          <Button size="xs" variant="default" disabled={form.isSaving} onClick={() => save(true)}>
            Save and test
          </Button>
        )}
        {form.isChanged && (
          <Button size="xs" variant="subtle" color="gray" onClick={form.reset}>
            Discard changes
          </Button>
        )}
      </FormButtons>
    </form>
  )
}
