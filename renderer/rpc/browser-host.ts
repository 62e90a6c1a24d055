import { clientOver } from '#core/api/client.ts'
import type { Host, OpenedFile, Transport } from './host.ts'
import { downloadAddress, upload } from './transfer.ts'

const tokenKey = 'millrace-token'

/** The token comes in the part of the address that is never sent, and leaves it at once. */
const takeToken = (): string => {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given !== null) {
    sessionStorage.setItem(tokenKey, given)
    history.replaceState(null, '', `${location.pathname}#/`)
  }
  return sessionStorage.getItem(tokenKey) ?? ''
}

const connect = async (token: string): Promise<Transport> => {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const socket = new WebSocket(`${scheme}://${location.host}/engine?token=${encodeURIComponent(token)}`)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(new Error('The engine does not answer.')), { once: true })
  })
  const lost = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve(), { once: true }))
  return { client: clientOver(socket), lost }
}

const chooseFile = (accept: string): Promise<File | null> =>
  new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = accept
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null), { once: true })
    input.addEventListener('cancel', () => resolve(null), { once: true })
    input.click()
  })

const read = async (file: File): Promise<OpenedFile> => ({ name: file.name, path: null, text: await file.text() })

const download = (name: string, address: string): void => {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}

/** A tab: files go up and down instead of being opened and saved. */
export const browserHost = (): Host => {
  const token = takeToken()
  return {
    connect: () => connect(token),
    retry: () => undefined,
    home: null,
    openFile: async () => {
      const file = await chooseFile('.yaml,.yml,.millrace')
      return file && read(file)
    },
    readDropped: read,
    chooseInput: async (progress) => {
      const file = await chooseFile('')
      return file && upload(file, token, progress)
    },
    takeDropped: (file, progress) => upload(file, token, progress),
    saveFile: (name, text) => {
      const address = URL.createObjectURL(new Blob([text], { type: 'text/yaml' }))
      download(name, address)
      URL.revokeObjectURL(address)
      return Promise.resolve(true)
    },
    saveCopy: async (path) => {
      download(path.split(/[\\/]/).at(-1) ?? 'result', await downloadAddress(path, token))
      return true
    },
    openLink: (address) => void window.open(address, '_blank', 'noopener,noreferrer'),
    notify: ({ title, body }, clicked) => {
      if (Notification.permission !== 'granted') return
      const shown = new Notification(title, { body })
      shown.addEventListener('click', () => {
        window.focus()
        clicked()
      })
    },
    showCommands: () => undefined,
    onCommand: () => () => undefined,
    noteFile: () => undefined,
    onOpenFile: () => () => undefined,
    onOpenFlow: () => () => undefined,
  }
}
