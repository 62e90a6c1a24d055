import { clientOver } from '#core/api/client.ts'
import { Refused } from '#core/model/failure.ts'
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

/** An address that is pasted into this tab changes only its part after the #, which loads nothing. */
const followToken = (): void =>
  window.addEventListener('hashchange', () => {
    if (!new URLSearchParams(location.hash.slice(1)).has('token')) return
    takeToken()
    location.reload()
  })

const notLetIn = (): Refused =>
  new Refused({
    code: 'denied',
    message:
      'Its address lacks the token of the server, or has that of a server that has ended. Open the address that millrace serve printed.',
  })

/** Why there is no socket: a server that is away may come back, one that knows another token will not. */
const refusalOf = async (token: string): Promise<Error> => {
  const authorization = `Bearer ${token}`
  const response = await fetch('token', { method: 'POST', headers: { authorization } }).catch(() => null)
  return response?.status === 403 ? notLetIn() : new Error('The engine does not answer.')
}

const connect = async (token: string): Promise<Transport> => {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const socket = new WebSocket(`${scheme}://${location.host}/engine?token=${encodeURIComponent(token)}`)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => void refusalOf(token).then(reject), { once: true })
  })
  // It hears of the end before we do, so that nothing more is sent when pages stop what they have asked.
  const client = clientOver(socket)
  const lost = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve(), { once: true }))
  return { client, lost }
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

const askedKey = 'notifications-asked'

/** With the browser's own prompt, which needs a press of a button. Who put it away is not asked again. */
const askToNotify = (): void => {
  // A page that did not come over a safe way has none.
  if (!('Notification' in window) || Notification.permission !== 'default') return
  if (localStorage.getItem(askedKey) !== null) return
  localStorage.setItem(askedKey, 'yes')
  void Notification.requestPermission()
}

/** A tab: files go up and down instead of being opened and saved. */
export const browserHost = (): Host => {
  const token = takeToken()
  followToken()
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
    chooseFolder: null,
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
    mayNotify: askToNotify,
    notify: ({ title, body }, clicked) => {
      if (!('Notification' in window) || Notification.permission !== 'granted') return
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
