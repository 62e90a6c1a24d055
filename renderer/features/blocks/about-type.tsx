import type { BlockTypeSummary } from '#core/model/block.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { Markdown } from '#renderer/ui/markdown.tsx'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import { Capabilities } from './type-catalogue.tsx'
import classes from './block-page.module.css'

/** What blocks of a type are for, what they need, and how to get that. */
export const AboutType = ({ type }: { type: BlockTypeSummary }) => {
  const { host } = useWorld()
  return (
    <section className={classes['section']} aria-label={`About ${type.title}`}>
      <h2>
        <TaskIcon name={type.icon} size={16} />
        {type.title}
      </h2>
      <p>{type.summary}</p>
      {type.capabilities.length > 0 && (
        <p className={classes['capabilities']}>
          For <Capabilities type={type} />
        </p>
      )}
      {type.docs !== '' && <Markdown text={type.docs} openLink={(address) => host.openLink(address)} />}
    </section>
  )
}
