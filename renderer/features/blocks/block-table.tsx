import { Button, Checkbox, VisuallyHidden } from '@mantine/core'
import type { Block } from '#core/model/block.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { exportBlocks } from './block-actions.ts'
import { choose, clearChosen, useBlockList } from './block-list.ts'
import { BlockRow } from './block-row.tsx'
import classes from './blocks-page.module.css'

const ChosenBar = () => {
  const world = useWorld()
  const chosen = useBlockList((state) => state.chosen)
  if (chosen.size === 0) return null
  return (
    <div className={classes['chosen']} role="status">
      <span>{chosen.size === 1 ? '1 block chosen' : `${chosen.size} blocks chosen`}</span>
      <Button size="compact-sm" variant="default" onClick={() => void exportBlocks(world, [...chosen])}>
        Export YAML…
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={clearChosen}>
        Choose none
      </Button>
    </div>
  )
}

/** The blocks that fit what is looked for. */
export const BlockTable = ({ blocks }: { blocks: readonly Block[] }) => {
  const now = useNow(true, 10_000)
  const chosen = useBlockList((state) => state.chosen)
  const references = blocks.map(({ reference }) => reference)
  const count = references.filter((reference) => chosen.has(reference)).length
  return (
    <>
      <table className={classes['table']} aria-label="Blocks">
        <thead>
          <tr>
            <th>
              <Checkbox
                size="xs"
                aria-label="Choose all"
                checked={count > 0 && count === references.length}
                indeterminate={count > 0 && count < references.length}
                onChange={(event) => choose(references, event.currentTarget.checked)}
              />
            </th>
            <th>Name</th>
            <th>Type</th>
            <th>Health</th>
            <th>Last test</th>
            <th>Used by</th>
            <th>Last used</th>
            <th>
              <VisuallyHidden>More</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {blocks.map((block) => (
            <BlockRow key={block.id} block={block} now={now} />
          ))}
        </tbody>
      </table>
      <ChosenBar />
    </>
  )
}
