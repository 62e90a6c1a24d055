import type { IncomingMessage } from 'node:http'
import { readBody } from '#test/fakes/listen.ts'
import { GoogleError } from './errors.ts'
import type { InsertRequest, Jobs } from './job-service.ts'
import type { Answer } from './routes.ts'
import type { Session, Uploads } from './uploads.ts'

type UploadWorld = { readonly jobs: Jobs; readonly uploads: Uploads; readonly url: string }
type Upload = { readonly request: IncomingMessage; readonly url: URL; readonly cut: number | null }

/** `/upload/bigquery/v2/projects/{project}/jobs`: a load job with its bytes, in one piece or resumable. */
export const uploadRequest = async (world: UploadWorld, upload: Upload): Promise<Answer | 'cut'> => {
  const { request, url } = upload
  const projectId = /\/projects\/([^/]+)\/jobs$/.exec(url.pathname)?.[1]
  if (projectId === undefined) throw new GoogleError(404, 'notFound', 'Not found')
  const { jobs, uploads } = world
  switch (url.searchParams.get('uploadType')) {
    case 'multipart': {
      const { metadata, path } = await uploads.multipart(request)
      return { status: 200, body: await jobs.insert(projectId, metadata as InsertRequest, [path]) }
    }
    case 'resumable':
      return request.method === 'POST' ? begin(world, { projectId, upload }) : goOn(world, { projectId, upload })
    default:
      throw new GoogleError(400, 'badRequest', 'An upload is multipart or resumable.')
  }
}

type InProject = { readonly projectId: string; readonly upload: Upload }

/** The job must not be there, and its description must be right, before bytes are taken. */
const begin = async ({ jobs, uploads, url }: UploadWorld, { projectId, upload }: InProject): Promise<Answer> => {
  const metadata = JSON.parse((await readBody(upload.request)).toString('utf8')) as InsertRequest
  const { jobId, location } = metadata.jobReference ?? {}
  if (jobId !== undefined && jobs.has(jobId))
    throw new GoogleError(409, 'duplicate', `Already Exists: Job ${projectId}:${location ?? 'US'}.${jobId}`)
  const { id } = await uploads.begin(metadata)
  return { status: 200, headers: { location: `${url}${upload.url.pathname}?uploadType=resumable&upload_id=${id}` } }
}

const goOn = async ({ jobs, uploads }: UploadWorld, { projectId, upload }: InProject): Promise<Answer | 'cut'> => {
  const { request, url, cut } = upload
  const session = uploads.find(url.searchParams.get('upload_id') ?? '')
  const [, first, total] = /^bytes (?:\*|(\d+)-\d+)\/(\d+|\*)$/.exec(request.headers['content-range'] ?? '') ?? []
  if (first !== undefined && Number(first) > session.bytes)
    throw new GoogleError(400, 'badRequest', 'Bytes are missing before these.')
  if (first !== undefined || request.headers['content-range'] === undefined) {
    session.bytes = Number(first ?? 0)
    if ((await uploads.take(session, request, cut)) === 'cut') return 'cut'
  }
  const whole = total === undefined ? session.bytes : total === '*' ? null : Number(total)
  if (whole === null || session.bytes < whole) return { status: 308, headers: rangeOf(session) }
  uploads.end(session.id)
  return { status: 200, body: await jobs.insert(projectId, session.metadata as InsertRequest, [session.path]) }
}

const rangeOf = ({ bytes }: Session): Readonly<Record<string, string>> =>
  bytes === 0 ? {} : { range: `bytes=0-${bytes - 1}` }
