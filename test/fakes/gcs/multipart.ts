import { GcsError } from './errors.ts'

/** `multipart/related`: metadata as JSON, then the bytes. */
export const readMultipart = (body: Buffer, contentType: string): { metadata: unknown; media: Buffer } => {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1]
  if (boundary === undefined) throw new GcsError(400, 'invalid', 'Multipart must have a boundary')
  const line = Buffer.from(`--${boundary}`)
  const starts: number[] = []
  for (let at = body.indexOf(line); at >= 0; at = body.indexOf(line, at + line.length)) starts.push(at)
  const [first, second, end] = starts
  if (first === undefined || second === undefined || end === undefined)
    throw new GcsError(400, 'invalid', 'Multipart content has too few parts')
  return {
    metadata: JSON.parse(partBetween(body, first + line.length, second).toString('utf8')),
    media: partBetween(body, second + line.length, end),
  }
}

/** After the blank line that ends the headers of the part, before the line break of the next boundary. */
const partBetween = (body: Buffer, from: number, to: number): Buffer => {
  const start = body.indexOf('\r\n\r\n', from) + 4
  return body.subarray(start, to - 2)
}
