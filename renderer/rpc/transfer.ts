import { Refused, type Failure } from '#core/model/failure.ts'
import type { InputFile, TransferProgress } from './host.ts'

/** The server's side: core/server/transfers.ts. Failures come as JSON. */
const failureIn = (text: string, status: number): Failure => {
  try {
    return JSON.parse(text) as Failure
  } catch {
    return { code: 'unavailable', message: `The server answered with ${status}.`, retryable: true }
  }
}

/** XMLHttpRequest, since fetch does not tell how much of a body has gone. */
export const upload = (file: File, token: string, progress?: TransferProgress): Promise<InputFile> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `upload?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('authorization', `Bearer ${token}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded, total }) => progress?.(loaded, total))
    request.addEventListener('load', () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as InputFile)
      else reject(new Refused(failureIn(request.responseText, request.status)))
    })
    request.addEventListener('error', () =>
      reject(new Refused({ code: 'unavailable', message: `${file.name} did not arrive. Try again.`, retryable: true })),
    )
    request.send(file)
  })

/** Where a file of the engine's can be had, once. */
export const downloadAddress = async (path: string, token: string): Promise<string> => {
  const response = await fetch('downloads', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ path }),
  })
  const text = await response.text()
  if (!response.ok) throw new Refused(failureIn(text, response.status))
  return (JSON.parse(text) as { address: string }).address
}
