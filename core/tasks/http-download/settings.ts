import type { TaskContext } from '#core/kinds/task-context.ts'

export type Settings = {
  readonly url: string
  readonly name?: string | undefined
  readonly checksum?: string | undefined
  readonly max_redirects: number
  readonly headers: Readonly<Record<string, string>>
  readonly user_agent: string
  readonly certificates?: string | undefined
}

export type DownloadContext = Pick<
  TaskContext<Settings, unknown>,
  'config' | 'files' | 'http' | 'log' | 'progress' | 'signal'
>

/** A file that has come whole and still has to get its name. */
export type Received = { readonly path: string; readonly name: string }
