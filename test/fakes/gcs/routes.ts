import type { IncomingMessage } from 'node:http'
import type { Operation } from './faults.ts'

export type Route = {
  readonly kind: 'buckets' | 'bucket' | 'permissions' | 'objects' | 'object' | 'upload'
  readonly bucket?: string
  readonly object?: string
}

const patterns: readonly (readonly [RegExp, Route['kind']])[] = [
  [/^\/upload\/storage\/v1\/b\/([^/]+)\/o$/, 'upload'],
  // With an emulator's address Google's client leaves the version out.
  [/^(?:\/download)?(?:\/storage\/v1)?\/b\/([^/]+)\/o\/(.+)$/, 'object'],
  [/^(?:\/storage\/v1)?\/b\/([^/]+)\/o$/, 'objects'],
  [/^(?:\/storage\/v1)?\/b\/([^/]+)\/iam\/testPermissions$/, 'permissions'],
  [/^(?:\/storage\/v1)?\/b\/([^/]+)$/, 'bucket'],
  [/^(?:\/storage\/v1)?\/b$/, 'buckets'],
]

export const routeOf = ({ url = '/' }: IncomingMessage): Route | null => {
  const { pathname } = new URL(url, 'http://localhost')
  for (const [pattern, kind] of patterns) {
    const found = pattern.exec(pathname)
    if (!found) continue
    const [bucket, object] = found.slice(1).map((part) => decodeURIComponent(part))
    return { kind, ...(bucket !== undefined && { bucket }), ...(object !== undefined && { object }) }
  }
  return null
}

export const operationOf = ({ kind }: Route, request: IncomingMessage): Operation => {
  const { method = 'GET' } = request
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams
  switch (kind) {
    case 'upload':
      if (method === 'DELETE' || request.headers['content-range']?.startsWith('bytes */') === true)
        return 'upload-status'
      return method === 'POST' && query.get('uploadType') === 'resumable' ? 'begin-upload' : 'upload'
    case 'object':
      if (method === 'DELETE') return 'delete'
      return query.get('alt') === 'media' ? 'download' : 'stat'
    case 'objects':
      return 'list'
    case 'permissions':
      return 'permissions'
    case 'bucket':
      return 'bucket'
    case 'buckets':
      return 'create-bucket'
    default:
      return kind satisfies never
  }
}
