import { clientOverPort } from '#core/api/client.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import type { Host, InputFile, MenuCommand, OpenedFile, Transport } from './host.ts'

/** What the preload script of the window hands over; see electron/preload.ts. */
export type DesktopBridge = {
  /** The engine's port arrives as a message to the window. */
  requestPort(): void
  onEngineGone(gone: () => void): () => void
  /** In answer to a request for a port. */
  onEngineFailed(failed: (failure: Failure, home: string) => void): () => void
  retryEngine(): void
  chooseHome(): void
  showHome(): void
  openFile(): Promise<OpenedFile | null>
  chooseInput(): Promise<InputFile | null>
  chooseFolder(): Promise<string | null>
  pathOf(file: File): string | null
  saveFile(name: string, text: string): Promise<boolean>
  saveCopy(path: string): Promise<boolean>
  openLink(address: string): void
  notify(message: { title: string; body: string }, clicked: () => void): void
  showCommands(commands: readonly MenuCommand[]): void
  onCommand(listen: (command: string) => void): () => void
  noteFile(path: string): void
  onOpenFile(listen: (path: string) => void): () => void
  onOpenFlow(listen: (name: string) => void): () => void
}

/** There in the desktop's window only. */
export const desktopBridge = (): DesktopBridge | null =>
  (window as { readonly millraceDesktop?: DesktopBridge }).millraceDesktop ?? null

/** The message by which the port arrives. */
const portMessage = 'millrace-engine-port'

const nextPort = (bridge: DesktopBridge): Promise<MessagePort> =>
  new Promise((resolve, reject) => {
    const take = (event: MessageEvent) => {
      const [port] = event.ports
      if (event.source !== window || event.data !== portMessage || !port) return
      end()
      resolve(port)
    }
    const stop = bridge.onEngineFailed((failure) => {
      end()
      reject(new Refused(failure))
    })
    const end = () => {
      window.removeEventListener('message', take)
      stop()
    }
    window.addEventListener('message', take)
    bridge.requestPort()
  })

const connect = async (bridge: DesktopBridge): Promise<Transport> => {
  const port = await nextPort(bridge)
  // It hears of the end before we do, so that nothing more is sent when pages stop what they have asked.
  const client = clientOverPort(port)
  const lost = new Promise<void>((resolve) => {
    const stop = bridge.onEngineGone(() => {
      // Its listeners, of which the client has some, hear of nothing that we close ourselves.
      port.dispatchEvent(new Event('close'))
      port.close()
    })
    port.addEventListener(
      'close',
      () => {
        stop()
        resolve()
      },
      { once: true },
    )
  })
  port.start()
  return { client, lost }
}

export const desktopHost = (bridge: DesktopBridge): Host => ({
  connect: () => connect(bridge),
  retry: () => bridge.retryEngine(),
  home: { show: () => bridge.showHome(), chooseOther: () => bridge.chooseHome() },
  openFile: () => bridge.openFile(),
  readDropped: async (file) => ({ name: file.name, path: bridge.pathOf(file), text: await file.text() }),
  chooseInput: () => bridge.chooseInput(),
  chooseFolder: () => bridge.chooseFolder(),
  takeDropped: (file) => {
    const path = bridge.pathOf(file)
    if (path !== null) return Promise.resolve({ name: file.name, path, bytes: file.size })
    return Promise.reject(notOnDisk(file.name))
  },
  saveFile: (name, text) => bridge.saveFile(name, text),
  saveCopy: (path) => bridge.saveCopy(path),
  openLink: (address) => bridge.openLink(address),
  mayNotify: () => undefined,
  notify: (message, clicked) => bridge.notify(message, clicked),
  showCommands: (commands) => bridge.showCommands(commands),
  onCommand: (listen) => bridge.onCommand(listen),
  noteFile: (path) => bridge.noteFile(path),
  onOpenFile: (listen) => bridge.onOpenFile(listen),
  onOpenFlow: (listen) => bridge.onOpenFlow(listen),
})

const notOnDisk = (name: string): Refused =>
  new Refused({ code: 'not-found', message: `${name} lies on no disk of this machine. Save it first, then drop it.` })
