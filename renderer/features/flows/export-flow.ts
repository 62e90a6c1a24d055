import { notifications } from '@mantine/notifications'
import { failureOfCall } from '#core/api/client.ts'
import { saveText } from '#renderer/rpc/save-text.ts'
import type { World } from '#renderer/rpc/world.tsx'
import type { FlowPlace } from '#renderer/stores/flow.ts'
import { goTo } from '#renderer/stores/navigation.ts'
import { importFlow } from '#renderer/stores/opening.ts'
import { copyText } from '#renderer/ui/copy-text.ts'

/** A flow of the library, or one in a file elsewhere, by the name it goes by. */
export type NamedFlow = { readonly name: string; readonly place: FlowPlace }

export type ExportAs = { readonly withSubflows: boolean; readonly to: 'file' | 'clipboard' }

const attempt = async (refused: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    notifications.show({ color: 'red', title: refused, message: failureOfCall(error).message, autoClose: 20_000 })
  }
}

export const exportFlow = (
  { engine, host }: World,
  { name, place }: NamedFlow,
  { withSubflows, to }: ExportAs,
): Promise<void> =>
  attempt(`${name} was not ${to === 'file' ? 'exported' : 'copied'}`, async () => {
    const { text } = await engine.client.flows.export({ source: place, withSubflows })
    if (to === 'clipboard') await copyText(text, `Copied the YAML of ${name}.`)
    else await saveText(host, `${name}.yaml`, text)
  })

/** A second flow like one of the library, which opens; one that lies elsewhere comes into the library. */
export const openCopy = ({ engine }: World, { name, place }: NamedFlow): Promise<void> =>
  attempt(`${name} was not copied`, async () => {
    if (place.from === 'library')
      return goTo({ page: 'flow', name: (await engine.client.flows.duplicate({ name: place.name })).name })
    const { text } = await engine.client.flows.export({ source: place })
    return importFlow(engine, text)
  })
