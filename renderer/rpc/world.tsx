import { createContext, useContext } from 'react'
import type { Engine } from './engine.ts'
import type { Host } from './host.ts'

/** What lies outside the page: the engine, and the place we run in. */
export type World = { readonly engine: Engine; readonly host: Host }

const WorldContext = createContext<World | null>(null)

export const WorldProvider = WorldContext.Provider

export const useWorld = (): World => {
  const world = useContext(WorldContext)
  if (!world) throw new Error('There is no world around this component.')
  return world
}
