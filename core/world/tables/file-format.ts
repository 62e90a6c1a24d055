import { open, stat } from 'node:fs/promises'
import { Refused } from '#core/model/failure.ts'
import { wholeContentOf, type Compression } from './content.ts'

/** JSON: one array of objects, one object a line, or objects one after another over as many lines as they like. */
export type JsonLayout = 'array' | 'lines' | 'documents'

export type FileFormat =
  | { readonly content: 'parquet' }
  | { readonly content: 'csv'; readonly compression: Compression }
  | { readonly content: 'json'; readonly compression: Compression; readonly layout: JsonLayout }

export type WantedFormat = 'auto' | FileFormat['content']

const names = { parquet: 'Parquet', csv: 'CSV', json: 'JSON' } as const

/** By content; names lie. */
export const formatOf = async (path: string, wanted: WantedFormat): Promise<FileFormat> => {
  const magic = await firstBytes(path)
  const compression = compressionOf(magic)
  if (magic.subarray(0, 4).toString('latin1') === 'PAR1') return fitting(path, wanted, { content: 'parquet' })
  const start = compression === 'none' ? magic : await startOf(path, compression)
  const layout = jsonLayoutOf(start.toString('utf8'))
  if (layout !== null && wanted !== 'csv') return fitting(path, wanted, { content: 'json', compression, layout })
  refuseOther(path, start)
  return fitting(path, wanted, { content: 'csv', compression })
}

const fitting = (path: string, wanted: WantedFormat, found: FileFormat): FileFormat => {
  if (wanted === 'auto' || wanted === found.content) return found
  const message =
    found.content === 'csv'
      ? `“${path}” is no ${names[wanted]} file. Set the format to auto or csv.`
      : `“${path}” is a ${names[found.content]} file. Set the format to auto or ${found.content}.`
  throw new Refused({ code: 'data', message })
}

const headBytes = 64 * 1024

const firstBytes = async (path: string): Promise<Buffer> => {
  const found = await stat(path).catch(() => null)
  if (!found)
    throw new Refused({ code: 'not-found', message: `There is no file “${path}”. Was it made, and is its name right?` })
  if (!found.isFile())
    throw new Refused({ code: 'invalid', message: `“${path}” is no file but a folder or a device. Name a file.` })
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const compressionOf = (magic: Buffer): Compression => {
  if (magic[0] === 0x1f && magic[1] === 0x8b) return 'gzip'
  return magic.subarray(0, 4).toString('latin1') === '\x28\xb5\x2f\xfd' ? 'zstd' : 'none'
}

const startOf = async (path: string, compression: Compression): Promise<Buffer> => {
  for await (const chunk of wholeContentOf(path, compression)) return chunk.subarray(0, headBytes)
  return Buffer.alloc(0)
}

/** An object, or an array of objects, of what can only be JSON; null for anything else. */
const jsonLayoutOf = (start: string): JsonLayout | null => {
  const text = start.replace(/^\ufeff?\s*/, '')
  if (/^\[\s*(\{|\]\s*$)/.test(text)) return 'array'
  if (!/^\{\s*(["}]|$)/.test(text)) return null
  return text.split('\n', 20).some(isObject) ? 'lines' : 'documents'
}

const isObject = (line: string): boolean => {
  if (!line.startsWith('{')) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

const others: readonly (readonly [RegExp, string])[] = [
  [/^PK\u0003\u0004/, 'is a ZIP archive or an Excel workbook'],
  [/^(BZh|\xfd7zXZ|7z\xbc\xaf)/, 'is compressed in another way than gzip or zstd'],
  [/^(\xff\xfe|\xfe\xff)/, 'is UTF-16 text, not UTF-8'],
  [/^\s*<(!doctype|html|\?xml)/i, 'is a web page or XML, perhaps the error page of a download'],
  [/^(Obj\u0001|ORC)/, 'is an Avro or ORC file'],
  [/^.{257}ustar/s, 'is a tar archive'],
  [/\0/, 'is neither text nor Parquet'],
]

const refuseOther = (path: string, start: Buffer): void => {
  const head = start.subarray(0, 512).toString('latin1')
  const found = others.find(([shape]) => shape.test(head))
  if (!found) return
  const message = `“${path}” ${found[1]}. Give a CSV or JSON file (plain, gzip or zstd) or a Parquet file.`
  throw new Refused({ code: 'data', message })
}
