/** What a person wants of the runs that go on when they quit. */
export type QuitChoice = 'stay' | 'background' | 'stop'

export type QuittingWorld = {
  activeFlowRuns(): readonly string[]
  ask(flowRuns: readonly string[]): Promise<QuitChoice>
  /** The windows go, and the runs go on. */
  hide(): void
  /** The runs of an app without windows have ended: what became of each, in words. */
  sayEnded(ended: readonly string[]): void
  /** Stops what runs and resolves when the engine has ended. */
  endEngine(): Promise<void>
  quit(): void
}

export type Quitting = {
  /** True when the app may end at once. Else it is asked what becomes of the runs, and what was chosen is done. */
  mayQuit(): boolean
  /** Whether the windows went and the runs go on. */
  isInBackground(): boolean
  /** Told when the runs change: an app without windows ends with the last one. */
  runsChanged(ended: readonly string[]): void
  /** A person is back: the app stays when its runs have ended. */
  cameBack(): void
}

export const createQuitting = ({ activeFlowRuns, ask, hide, sayEnded, endEngine, quit }: QuittingWorld): Quitting => {
  /** Since the windows went. */
  let endedBehind: string[] = []
  let state: 'open' | 'asking' | 'background' | 'ending' | 'ended' = 'open'
  const finish = async () => {
    state = 'ending'
    await endEngine()
    state = 'ended'
    quit()
  }
  const decide = async () => {
    if (activeFlowRuns().length === 0) return finish()
    state = 'asking'
    const choice = await ask(activeFlowRuns())
    if (choice === 'stop' || (choice === 'background' && activeFlowRuns().length === 0)) return finish()
    state = choice === 'background' ? 'background' : 'open'
    endedBehind = []
    return choice === 'background' ? hide() : undefined
  }
  return {
    mayQuit: () => {
      if (state === 'open' || state === 'background') void decide()
      return state === 'ended'
    },
    isInBackground: () => state === 'background',
    runsChanged: (ended) => {
      if (state !== 'background') return
      endedBehind.push(...ended)
      if (activeFlowRuns().length > 0) return
      sayEnded(endedBehind)
      void finish()
    },
    cameBack: () => {
      if (state === 'background') state = 'open'
    },
  }
}
