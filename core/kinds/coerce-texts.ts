import type { z } from 'zod'
import type { JsonValue } from '#core/model/handle.ts'

const asJson = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

const takesAnyJson = (setting: z.ZodType): boolean => [null, [], {}].every((value) => setting.safeParse(value).success)

/**
 * Settings typed on a command line. A text stays text where the setting takes text; otherwise, and where it takes any
 * JSON, it is read as JSON (`5`, `true`, `[1, 2]`). What fits neither stays text, so that the setting's own check explains it.
 */
export const coerceTexts = (
  schema: z.ZodObject,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, JsonValue>> => {
  const coerce = (name: string, text: string): JsonValue => {
    const setting = schema.shape[name] as z.ZodType | undefined
    if (setting === undefined || (setting.safeParse(text).success && !takesAnyJson(setting))) return text
    const value = asJson(text)
    return value !== undefined && setting.safeParse(value).success ? value : text
  }
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, coerce(name, text)]))
}
