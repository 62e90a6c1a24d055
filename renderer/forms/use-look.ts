import { useEffect, useState } from 'react'
import { failureOfCall } from '#core/api/client.ts'
import type { SecretFacts } from '#core/model/block.ts'
import { useWorld } from '#renderer/rpc/world.tsx'

export type Look = { readonly facts: SecretFacts | null; readonly problem: string | null }

const nothing: Look = { facts: null, problem: null }

/** Milliseconds without a key after which what was typed is looked at. */
const pause = 300

/** What a secret holds, as far as it may be shown, while it is not saved; or what it is instead. */
export const useLook = (type: string, field: string, value: string): Look => {
  const { engine } = useWorld()
  const [seen, setSeen] = useState<Look & { readonly of: string }>({ ...nothing, of: '' })
  useEffect(() => {
    if (value.trim() === '') return undefined
    let left = false
    const look = async () => {
      try {
        const facts = await engine.client.blocks.look({ type, field, value })
        if (!left) setSeen({ of: value, facts, problem: null })
      } catch (error) {
        if (!left) setSeen({ of: value, facts: null, problem: failureOfCall(error).message })
      }
    }
    const timer = window.setTimeout(() => void look(), pause)
    return () => {
      left = true
      clearTimeout(timer)
    }
  }, [engine, type, field, value])
  return seen.of === value && value.trim() !== '' ? seen : nothing
}
