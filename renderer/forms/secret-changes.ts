import { useCallback, useMemo, useState } from 'react'
import type { BlockTypeSummary } from '#core/model/block.ts'
import { shortestSecret } from '#core/model/secrets.ts'

/** By field: a value to set, or null to clear. What is left out stays as it is. */
export type SecretValues = Readonly<Record<string, string | null>>

/**
 * Secrets that are being set. They live in the form that is open and nowhere else: not in a store, not in the address, not
 * in what undo remembers.
 */
export type SecretChanges = {
  readonly values: SecretValues
  /** Secrets too short to be masked are to be taken all the same. */
  readonly allowShort: boolean
  /** Undefined: as it was. */
  change(field: string, value: string | null | undefined): void
  setAllowShort(allow: boolean): void
  reset(): void
}

export const useSecretChanges = (begin: SecretValues = {}): SecretChanges => {
  const [values, setValues] = useState(begin)
  const [allowShort, setAllowShort] = useState(false)
  const change = useCallback((field: string, value: string | null | undefined) => {
    setValues(({ [field]: _former, ...others }) => (value === undefined ? others : { ...others, [field]: value }))
  }, [])
  const reset = useCallback(() => {
    setValues({})
    setAllowShort(false)
  }, [])
  return useMemo(() => ({ values, allowShort, change, setAllowShort, reset }), [values, allowShort, change, reset])
}

/** Without fields where nothing was typed. */
export const filledSecrets = (values: SecretValues): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => !!entry[1]))

/** Typed and not empty, or to be cleared. */
export const secretEdits = (values: SecretValues): Record<string, string | null> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))

export const isShort = (value: string | null | undefined): boolean =>
  typeof value === 'string' && value !== '' && value.trim().length < shortestSecret

/** Titles of those that are needed and would not be set. */
export const missingSecrets = (
  type: BlockTypeSummary,
  set: Readonly<Record<string, string | null>>,
  values: SecretValues,
): readonly string[] =>
  Object.entries(type.secrets)
    .filter(([field, { optional }]) => {
      const after = field in values ? values[field] : set[field]
      return !optional && (after === null || after === undefined || after === '')
    })
    .map(([, { title }]) => title)
