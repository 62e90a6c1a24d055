/** An error as Google's API tells it. */
export class GoogleError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

export type ErrorProto = { readonly reason: string; readonly message: string; readonly location?: string }

export const protoOf = ({ reason, message }: GoogleError): ErrorProto => ({
  reason,
  message,
  ...(reason === 'invalidQuery' && { location: 'query' }),
})

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

export const bodyOf = ({ status, reason, message }: GoogleError) => ({
  error: {
    code: status,
    message,
    errors: [{ message, domain: 'global', reason }],
    status: statuses[status] ?? 'UNKNOWN',
  },
})

/** What went wrong in DuckDB, in BigQuery's words. */
export const invalidQuery = (error: unknown): GoogleError => {
  if (error instanceof GoogleError) return error
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  return new GoogleError(400, 'invalidQuery', message)
}
