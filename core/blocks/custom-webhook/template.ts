import type { Notice } from '#core/kinds/capabilities.ts'
import { Refused } from '#core/model/failure.ts'

export const bodyKinds = ['json', 'form', 'text'] as const
export type BodyKind = (typeof bodyKinds)[number]

export const contentTypes: Readonly<Record<BodyKind, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
}

const escapes: Readonly<Record<BodyKind, (value: string) => string>> = {
  json: (value) => JSON.stringify(value).slice(1, -1),
  form: encodeURIComponent,
  text: (value) => value,
}

const placeholder = /\{\{\s*([A-Za-z_]*)\s*\}\}/g

/** With the notice in place of `{{ subject }}` and `{{ text }}`, written such that it cannot change what stands around it. */
export const filled = (template: string, kind: BodyKind, { subject, text }: Notice): string => {
  const values: Readonly<Record<string, string>> = { subject, text }
  return template.replaceAll(placeholder, (written, name: string) => {
    const value = values[name]
    if (value !== undefined) return escapes[kind](value)
    const message = `The template has ${written}, which is not known. There are {{ subject }} and {{ text }}.`
    throw new Refused({ code: 'invalid', message })
  })
}

/** Refuses a template that no notice makes valid. */
export const checkTemplate = (template: string, kind: BodyKind): void => {
  const body = filled(template, kind, { subject: 'subject', text: 'text' })
  if (kind !== 'json') return
  try {
    JSON.parse(body)
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    const message = `The template gives no valid JSON: ${said}. Placeholders stand within quotes: "{{ text }}".`
    throw new Refused({ code: 'invalid', message }, { cause })
  }
}
