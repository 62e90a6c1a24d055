import type { BlockTypeSummary } from '#core/model/block.ts'
import { addressOf } from '#renderer/stores/navigation.ts'
import { useSession } from '#renderer/stores/session.ts'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import classes from './type-catalogue.module.css'

const groups = [
  { title: 'Storage', fits: ({ capabilities }: BlockTypeSummary) => capabilities.includes('storage') },
  { title: 'Databases', fits: ({ capabilities }: BlockTypeSummary) => capabilities.includes('database') },
  { title: 'Messages', fits: ({ capabilities }: BlockTypeSummary) => capabilities.includes('notify') },
  { title: 'Values', fits: ({ capabilities }: BlockTypeSummary) => capabilities.includes('value') },
  { title: 'Credentials and services', fits: () => true },
] as const

const wordOfCapability: Readonly<Record<string, string>> = {
  storage: 'storage tasks',
  database: 'database tasks',
  notify: 'messages',
  value: 'values',
}

/** What takes it. */
export const Capabilities = ({ type }: { type: BlockTypeSummary }) =>
  type.capabilities
    .flatMap((one) => wordOfCapability[one] ?? [])
    .map((word) => (
      <span key={word} className={classes['capability']}>
        {word}
      </span>
    ))

const Card = ({ type }: { type: BlockTypeSummary }) => (
  <li>
    <a className={classes['card']} href={addressOf({ page: 'new-block', type: type.type })}>
      <TaskIcon name={type.icon} size={20} />
      <span className={classes['words']}>
        <strong>{type.title}</strong>
        <span>{type.summary}</span>
      </span>
    </a>
  </li>
)

/** Each type in the first group that it fits. */
const grouped = (types: readonly BlockTypeSummary[]) => {
  const left = new Set(types)
  return groups.map(({ title, fits }) => {
    const members = [...left].filter(fits)
    for (const member of members) left.delete(member)
    return { title, members }
  })
}

/** Those that hold each word by name or summary; where there are none, in what is told of them. */
const fitting = (types: readonly BlockTypeSummary[], text: string): readonly BlockTypeSummary[] => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const holds = (told: string) => words.every((word) => told.toLowerCase().includes(word))
  const near = types.filter((type) =>
    holds(`${type.title} ${type.type} ${type.summary} ${type.capabilities.join(' ')}`),
  )
  return near.length > 0 ? near : types.filter((type) => holds(`${type.title} ${type.summary} ${type.docs}`))
}

/** All types of blocks there are, to begin one with. */
export const TypeCatalogue = ({ text = '' }: { text?: string }) => {
  const types = useSession((session) => session.blockTypes)
  const found = fitting([...types.values()], text)
  if (types.size > 0 && found.length === 0) return <p className={classes['none']}>No type of block fits “{text}”.</p>
  return (
    <div className={classes['catalogue']}>
      {grouped(found)
        .filter(({ members }) => members.length > 0)
        .map(({ title, members }) => (
          <section key={title} aria-label={title}>
            <h2>{title}</h2>
            <ul>
              {members.map((type) => (
                <Card key={type.type} type={type} />
              ))}
            </ul>
          </section>
        ))}
    </div>
  )
}
