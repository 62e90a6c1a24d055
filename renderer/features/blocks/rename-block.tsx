import { Button, TextInput } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { Block, BlockUses, RenamedBlock } from '#core/model/block.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { goTo } from '#renderer/stores/navigation.ts'
import { offerUndo } from '#renderer/ui/offer-undo.tsx'
import { finishDeletions } from './block-actions.ts'
import { readBlockList } from './block-list.ts'
import classes from './block-page.module.css'

const listed = (names: readonly string[]): string => names.join(', ')

/** What becomes of those that name the block, before it is renamed. */
const whatFollows = (uses: BlockUses | undefined): string => {
  if (!uses) return 'Flows of the library and blocks that name it follow.'
  const names = [...uses.flows.map(({ name }) => name), ...uses.blocks.map(({ reference }) => reference)]
  if (names.length === 0) return 'Nothing names it, so nothing else changes.'
  return `Follows in: ${listed(names)}. Nothing else in them changes.`
}

const rename = async (engine: Engine, reference: string, name: string): Promise<RenamedBlock> => {
  await finishDeletions()
  const renamed = await engine.client.blocks.rename({ block: reference, name })
  await readBlockList(engine)
  goTo({ page: 'block', reference: renamed.block.reference })
  return renamed
}

type Props = { readonly block: Block; readonly uses: BlockUses | undefined; close(): void }

/** Another name; what names the block follows. */
export const RenameBlock = ({ block, uses, close }: Props) => {
  const { engine } = useWorld()
  const [name, setName] = useState(block.name)
  const [failure, setFailure] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const renamed = await rename(engine, block.reference, name.trim())
      close()
      const changed = [...renamed.flows, ...renamed.blocks]
      offerUndo(
        changed.length === 0 ? `Renamed to ${name.trim()}.` : `Renamed to ${name.trim()}, also in ${listed(changed)}.`,
        async () => void (await rename(engine, renamed.block.reference, block.name)),
      )
    } catch (error) {
      setFailure(failureOfCall(error).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className={classes['strip']}
      aria-label="Rename"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <TextInput
        size="xs"
        label="New name"
        description={whatFollows(uses)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={failure}
        autoFocus
        value={name}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={classes['buttons']}>
        <Button size="xs" type="submit" loading={isBusy} disabled={name.trim() === '' || name.trim() === block.name}>
          Rename
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
