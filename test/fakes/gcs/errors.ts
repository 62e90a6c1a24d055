/** An error as Google's storage tells it. */
export class GcsError extends Error {
  readonly status: number
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.reason = reason
    this.headers = headers
  }
}

export const bodyOf = ({ status, reason, message }: GcsError) => ({
  error: { code: status, message, errors: [{ message, domain: 'global', reason }] },
})

export const noBucket = (): GcsError => new GcsError(404, 'notFound', 'The specified bucket does not exist.')

export const noObject = (bucket: string, name: string): GcsError =>
  new GcsError(404, 'notFound', `No such object: ${bucket}/${name}`)

export const notMatching = (): GcsError =>
  new GcsError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.')

export const notAllowed = (who: string | null, permission: string, what: 'object' | 'bucket' | 'project'): GcsError => {
  const message = `${who ?? 'Anonymous caller'} does not have ${permission} access to the Google Cloud ${what === 'project' ? 'project' : `Storage ${what}`}. Permission '${permission}' denied on resource (or it may not exist).`
  return who === null ? new GcsError(401, 'required', message) : new GcsError(403, 'forbidden', message)
}
