import { notifications } from '@mantine/notifications'
import type { Host } from './host.ts'

/** Writes a file where the person wants it and says so. In a browser it goes where downloads go. */
export const saveText = async (host: Pick<Host, 'saveFile'>, name: string, text: string): Promise<void> => {
  if (await host.saveFile(name, text)) notifications.show({ message: `Saved ${name}.`, autoClose: 2000 })
}
