import { holdsSignIn, plainSecretHeaders } from '#core/kinds/http/plain-secrets.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { FieldDescription } from '#core/model/field-description.ts'
import { inside, reportAt, type Place } from './finding.ts'
import { isObject, type JsonObject } from './readers.ts'
import { inDots } from './setting-issues.ts'
import { holdsExpression } from './templates.ts'

/** What signs in somewhere and is written in the flow, where everybody reads it. Expressions may be anything. */
export const checkPlainSecrets = (
  settings: JsonObject,
  fields: ReadonlyMap<string, FieldDescription>,
  place: Place,
): void => {
  for (const [name, value] of Object.entries(settings)) {
    const field = fields.get(name)
    if (field?.widget === 'url' && typeof value === 'string' && !holdsExpression(value) && holdsSignIn(value))
      warn(inside(place, name), `“${name}” holds a user or a password`)
    if (field?.widget === 'map' && name === 'headers' && isObject(value))
      for (const header of plainSecretHeaders(value))
        if (!isExpression(value[header]))
          warn(inside(place, name, header), `“${inDots([name, header])}” holds what signs in`)
  }
}

const isExpression = (value: JsonValue | undefined): boolean => typeof value === 'string' && holdsExpression(value)

const warn = (place: Place, what: string): void => {
  reportAt(place, {
    code: 'plain-secret',
    severity: 'warning',
    message: `${what}, and everybody who reads the flow sees it.`,
    remedy: 'Keep it in a block of type http-endpoint, and name that as “endpoint”.',
  })
}
