import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import type { Problem } from '#core/model/problem.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { draftOf, keepDraft } from '#renderer/stores/block-drafts.ts'
import { loadBlocks } from '#renderer/stores/blocks.ts'
import { sendPendingEdits } from '#renderer/stores/pending-edits.ts'
import { askForPassphrase, forgetLost, isVaultLocked, lookAtSecrets } from '#renderer/stores/vault.ts'
import type { Form } from './form.ts'
import {
  isShort,
  missingSecrets,
  secretEdits,
  useSecretChanges,
  type SecretChanges,
  type SecretValues,
} from './secret-changes.ts'
import { missingSettings, problemsOfRefusal } from './setting-problems.ts'
import { useFormOver } from './use-form-over.ts'
import { sameJson, type JsonMap } from './values.ts'

const none: JsonMap = {}
const noProblems: readonly Problem[] = []

export type BlockFormOptions = {
  readonly type: BlockTypeSummary
  /** The block as it is saved; null for a new one. */
  readonly block: Block | null
  /** Under which its settings are remembered while the person is elsewhere; null: they are not. */
  readonly draft: string | null
  readonly secrets?: SecretValues
}

export type BlockValues = {
  readonly settings: JsonMap
  readonly secrets: Record<string, string | null>
  readonly allowShort: boolean
}

export type BlockForm = {
  readonly form: Form
  readonly root: string
  readonly settings: JsonMap
  readonly secrets: SecretChanges
  readonly isChanged: boolean
  readonly isSaving: boolean
  readonly failure: string | null
  /** Null when there was nothing to send, or it was refused; then the form says why. */
  save(send: (values: BlockValues) => Promise<Block>): Promise<Block | null>
  reset(): void
}

const sameSettings = (left: JsonMap, right: JsonMap): boolean =>
  [...Object.keys(left), ...Object.keys(right)].every((name) => sameJson(left[name], right[name]))

const isEdited = (block: Block | null, settings: JsonMap, secrets: SecretValues): boolean =>
  !sameSettings(settings, block?.settings ?? none) || Object.keys(secretEdits(secrets)).length > 0

/** Settings as they are saved until something is written; `read` knows also what was typed in the same moment. */
const useSettings = ({ block, draft }: BlockFormOptions) => {
  const saved = block?.settings ?? none
  const [typed, setTyped] = useState(() => (draft === null ? null : draftOf(draft)))
  const latest = useRef({ typed, saved })
  useEffect(() => {
    latest.current = { ...latest.current, saved }
  }, [saved])
  const become = useCallback(
    (next: JsonMap | null) => {
      latest.current = { ...latest.current, typed: next }
      setTyped(next)
      if (draft !== null) keepDraft(draft, next)
    },
    [draft],
  )
  const read = useCallback((): JsonMap => latest.current.typed ?? latest.current.saved, [])
  return { settings: typed ?? saved, read, become }
}

/** A block outlives the flow it was made for, so it names places as a whole; where files come as copies it names none. */
const useChoosing = (): Pick<Form, 'pathOf' | 'chooseFolder'> => {
  const { chooseFolder } = useWorld().host
  return useMemo(() => (chooseFolder ? { pathOf: (file: string) => file, chooseFolder } : {}), [chooseFolder])
}

/** What is written of a block, new or saved, until it is sent. */
export const useBlockForm = (options: BlockFormOptions): BlockForm => {
  const { type, block } = options
  const { engine } = useWorld()
  const { settings, read, become } = useSettings(options)
  const secrets = useSecretChanges(options.secrets)
  const [problems, setProblems] = useState(noProblems)
  const [failure, setFailure] = useState<string | null>(null)
  const [isSaving, setSaving] = useState(false)
  const update = useCallback(
    (change: (values: JsonMap) => JsonMap) => {
      become(change(read()))
      setProblems(noProblems)
      setFailure(null)
    },
    [become, read],
  )
  const { form, root } = useFormOver(update, problems, useChoosing())

  const whyNot = (): string | null => {
    const missing = missingSettings(type.fields, read())
    setProblems(missing)
    if (missing.length > 0) return 'Something is not filled in yet: see above.'
    const unset = missingSecrets(type, block?.secrets ?? {}, secrets.values)
    if (block === null && unset.length > 0) return `${unset.join(', ')}: needed, and not given yet.`
    if (Object.values(secrets.values).some(isShort) && !secrets.allowShort)
      return 'A secret is too short to be masked. Choose a longer one, or tick that you take it.'
    return null
  }
  const save: BlockForm['save'] = async (send) => {
    sendPendingEdits()
    if (block !== null && !isEdited(block, read(), secrets.values)) return null
    const reason = whyNot()
    setFailure(reason)
    if (reason !== null) return null
    setSaving(true)
    try {
      const { allowShort, values } = secrets
      const made = await send({ settings: read(), secrets: secretEdits(values), allowShort })
      forgetLost(made.reference, Object.keys(values))
      secrets.reset()
      await loadBlocks(engine)
      become(null)
      return made
    } catch (error) {
      const refusal = problemsOfRefusal(failureOfCall(error).message, type.fields)
      setProblems(refusal.problems)
      setFailure(refusal.rest === '' ? 'Something does not fit: see above.' : refusal.rest)
      if (isVaultLocked()) askForPassphrase()
      lookAtSecrets(engine)
      return null
    } finally {
      setSaving(false)
    }
  }
  const reset = () => {
    become(null)
    secrets.reset()
    setProblems(noProblems)
    setFailure(null)
  }
  const isChanged = isEdited(block, settings, secrets.values)
  return { form, root, settings, secrets, isChanged, isSaving, failure, save, reset }
}
