import type { BlockContext, BlockType } from '#core/kinds/block-type.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import type { Http } from '#core/kinds/http/http.ts'
import type { Blocks } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { Question, Questions } from './messages.ts'

export type TaskBlocksWorld = {
  readonly catalogue: Pick<Catalogue, 'blocks'>
  ask<Q extends Question>(question: Q, about: Questions[Q]['ask']): Promise<Questions[Q]['answer']>
  /** Told every secret value before it is handed out. */
  mask(value: string): void
  /** The same for one that the engine does not know. */
  maskEverywhere(value: string): void
  warn(message: string): void
  note(message: string): void
  readonly http: Http
  readonly signal: AbortSignal
}

/** Blocks for one task run. What it opens is closed by `close`, whatever the task does with it. */
export type TaskBlocks = Blocks & { close(): Promise<void> }

type Client = { close(): Promise<void> }

export const taskBlocks = (world: TaskBlocksWorld): TaskBlocks => {
  const clients: Client[] = []

  const secret = async (reference: string): Promise<string> => {
    const value = await world.ask('secret', { reference })
    world.mask(value)
    return value
  }

  const open = async <C extends Client>(reference: string, use: Use<C>): Promise<C> => {
    const { type, settings, home } = await world.ask('block', { reference })
    const definition = world.catalogue.blocks.get(type)
    const opens = definition && use.of(definition)
    if (!opens) throw cannotBeUsed(reference, definition?.title ?? type, use.as)
    const client = await opens({
      settings: definition.config.parse(settings),
      secret: (field) => secret(`${reference}#${field}`),
      block: async (nested) => {
        const block = await world.ask('block', { reference: nested })
        return { ...block, secret: (field) => secret(`${nested}#${field}`) }
      },
      home,
      http: world.http,
      signal: world.signal,
      mask: world.maskEverywhere,
      warn: world.warn,
      note: world.note,
    })
    clients.push(client)
    return client
  }

  return {
    storage: (reference) => open(reference, { as: 'storage', of: (type) => type.openStorage }),
    database: (reference) => open(reference, { as: 'database', of: (type) => type.openDatabase }),
    notifier: (reference) => open(reference, { as: 'way to notify people', of: (type) => type.openNotifier }),
    settings: async (reference) => (await world.ask('block', { reference })).settings,
    secret,
    close: async () => {
      // A connection that cannot be closed well is closed by its process's end.
      await Promise.allSettled(clients.splice(0).map((client) => client.close()))
    },
  }
}

type Use<C> = { as: string; of(type: BlockType): ((context: BlockContext<unknown>) => Promise<C>) | null }

const cannotBeUsed = (reference: string, title: string, use: string): Refused =>
  new Refused({
    code: 'invalid',
    message: `“${reference}” is a ${title} block, which is no ${use}. Choose a block that is one.`,
  })
