import { ActionIcon, Select, Tooltip } from '@mantine/core'
import { ArrowUpRight, Plus } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { loadBlocks, useBlocks } from '#renderer/stores/blocks.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { addressOf } from '#renderer/stores/navigation.ts'
import { parametersOf, type ParameterField } from '#renderer/stores/parameters.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useControls, type ControlProps } from './controls.ts'
import { fieldIds } from './field-frame.tsx'
import { useForm } from './form.ts'
import { problemsWithin } from './problems.ts'
import { textOf, undoName, writeOperation } from './values.ts'
import classes from './forms.module.css'

type Types = ReadonlyMap<string, BlockTypeSummary>

/** Whether a field that takes these capabilities or types takes a block of this type. */
const fits = (accepts: readonly string[], type: BlockTypeSummary | undefined): boolean =>
  accepts.length === 0 ||
  (type !== undefined && accepts.some((one) => one === type.type || type.capabilities.includes(one)))

const expressionOf = ({ name }: ParameterField): string => `{{ ${name} }}`

const blockLabel = ({ type, name }: { type: string; name: string }, types: Types): string =>
  `${name} · ${types.get(type)?.title ?? type}`

const optionsOf = (request: {
  readonly accepts: readonly string[]
  readonly types: Types
  readonly blocks: readonly Block[]
  readonly parameters: readonly ParameterField[]
  readonly value: string
}) => {
  const { accepts, types, blocks, parameters, value } = request
  const found = blocks
    .filter(({ type }) => fits(accepts, types.get(type)))
    .map((block) => ({ value: block.reference, label: blockLabel(block, types) }))
  const named = parameters
    .filter(({ type, blockTypes }) => type === 'block' && blockTypes.every((one) => fits(accepts, types.get(one))))
    .map((parameter) => ({ value: expressionOf(parameter), label: `${parameter.name} · parameter` }))
  const known = [...found, ...named].some((option) => option.value === value)
  const reference = parseBlockReference(value)
  const missing = reference ? `${blockLabel(reference, types)}, which does not exist` : value
  return [
    { group: 'Blocks', items: found },
    { group: 'Parameters', items: named },
    { group: 'Written', items: known || value === '' ? [] : [{ value, label: missing }] },
  ].filter(({ items }) => items.length > 0)
}

const noParameters: JsonValue = null
const anyBlock: readonly string[] = []

const useOptions = (accepts: readonly string[], value: string, withParameters: boolean) => {
  const { engine } = useWorld()
  const types = useSession((session) => session.blockTypes)
  const blocks = useBlocks((state) => state.blocks)
  const flow = useFlow((state) => (withParameters ? (state.draft?.content.value ?? noParameters) : noParameters))
  useEffect(() => void loadBlocks(engine), [engine])
  const data = useMemo(
    () => optionsOf({ accepts, types, blocks: blocks ?? [], parameters: parametersOf(flow), value }),
    [accepts, types, blocks, flow, value],
  )
  return { data, isLoading: blocks === null, fitting: [...types.values()].filter((type) => fits(accepts, type)) }
}

const NewBlockButton = ({ open, toggle }: { open: boolean; toggle: () => void }) => (
  <Tooltip label="New block…" openDelay={300}>
    <ActionIcon size={30} variant="default" aria-label="New block…" aria-expanded={open} onClick={toggle}>
      <Plus size={16} aria-hidden />
    </ActionIcon>
  </Tooltip>
)

/** To the page of the block that is chosen: its settings, and whether it works. */
const OpenBlock = ({ written }: { written: string }) => {
  const isThere = useBlocks(({ blocks }) => blocks?.some(({ reference }) => reference === written) ?? false)
  if (!isThere) return null
  const name = `Open ${parseBlockReference(written)?.name ?? written}`
  return (
    <Tooltip label={name} openDelay={300}>
      <ActionIcon
        size={30}
        variant="default"
        component="a"
        href={addressOf({ page: 'block', reference: written })}
        aria-label={name}
      >
        <ArrowUpRight size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

/** Chooses one of the blocks that fit, or a parameter that holds one, or makes a new block in place. */
export const BlockField = ({ field, path, value, label }: ControlProps) => {
  const { change, problems, expressions } = useForm()
  const { NewBlock } = useControls()
  const [making, setMaking] = useState(false)
  const written = textOf(value).replaceAll(/\{\{\s*|\s*\}\}/g, (braces) => (braces.startsWith('{') ? '{{ ' : ' }}'))
  const { data, isLoading, fitting } = useOptions(field.blocks ?? anyBlock, written, expressions !== null)
  const set = (next: string | null) => change(undoName(field, path), writeOperation(field, path, next ?? undefined))
  const ids = fieldIds(path)
  const made = (reference: string) => {
    setMaking(false)
    set(reference)
  }
  return (
    <>
      <div className={classes['row']}>
        <Select
          size="xs"
          className={classes['grow'] ?? ''}
          {...(label === undefined
            ? { id: ids.control, 'aria-describedby': `${ids.help} ${ids.problems}` }
            : { 'aria-label': label })}
          data={data}
          value={written === '' ? null : written}
          placeholder="Choose a block"
          nothingFoundMessage={isLoading ? 'Looking for blocks…' : 'No block fits. Make a new one.'}
          searchable
          selectFirstOptionOnChange
          allowDeselect={false}
          clearable={!field.required}
          error={problemsWithin(problems, path).length > 0}
          onChange={set}
        />
        <OpenBlock written={written} />
        <NewBlockButton open={making} toggle={() => setMaking(!making)} />
      </div>
      {making && <NewBlock types={fitting} close={() => setMaking(false)} made={made} />}
    </>
  )
}
