import type { RetentionPolicy } from '#core/model/store.ts'

export type KeptRun = {
  readonly id: string
  readonly parent: string | null
  readonly flow: string
  /** Null while it has not ended. */
  readonly endedAt: number | null
  readonly good: boolean
  readonly bytes: number
}

export type Holdings = {
  readonly runs: readonly KeptRun[]
  /** `by` uses results of `used`. */
  readonly uses: readonly { readonly used: string; readonly by: string }[]
  readonly policy: RetentionPolicy
  readonly now: number
}

/** A run with its subflow runs: they come and go together. */
type Family = {
  readonly root: string
  readonly members: readonly KeptRun[]
  /** When the last of them ended; infinity while one has not. */
  readonly endedAt: number
  readonly bytes: number
}

/** What the policy gives up: the too old, then the oldest while the rest is too large. */
export const overdueRuns = ({ runs, uses, policy, now }: Holdings): readonly string[] => {
  const rootOf = roots(runs)
  const families = familiesOf(runs, rootOf)
  const stay = new Set(lastGoodRuns(runs).map(({ id }) => rootOf.get(id)))
  const users = Map.groupBy(
    uses.flatMap(({ used, by }) => {
      const [of, from] = [rootOf.get(used), rootOf.get(by)]
      return of === undefined || from === undefined || of === from ? [] : [{ of, from }]
    }),
    ({ of }) => of,
  )
  const given = new Map<string, Family>()
  let bytes = families.reduce((sum, family) => sum + family.bytes, 0)

  const isOverdue = (family: Family) => family.endedAt < now - policy.age || (bytes > policy.bytes && family.bytes > 0)
  const isNeeded = ({ root }: Family) => stay.has(root) || (users.get(root) ?? []).some(({ from }) => !given.has(from))

  // A family that is given up may have been the last to need an older one: look again until nothing changes.
  for (let before = -1; before !== given.size;) {
    before = given.size
    for (const family of families) {
      if (given.has(family.root) || family.endedAt === Infinity || isNeeded(family) || !isOverdue(family)) continue
      given.set(family.root, family)
      bytes -= family.bytes
    }
  }
  return [...given.values()].flatMap(({ members }) => members.map(({ id }) => id))
}

const roots = (runs: readonly KeptRun[]): ReadonlyMap<string, string> => {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const rootOf = (run: KeptRun): string => {
    const parent = run.parent === null ? undefined : byId.get(run.parent)
    return parent ? rootOf(parent) : run.id
  }
  return new Map(runs.map((run) => [run.id, rootOf(run)]))
}

/** Oldest first. */
const familiesOf = (runs: readonly KeptRun[], rootOf: ReadonlyMap<string, string>): readonly Family[] =>
  [...Map.groupBy(runs, ({ id }) => rootOf.get(id) ?? id)]
    .map(([root, members]) => ({
      root,
      members,
      endedAt: Math.max(...members.map(({ endedAt }) => endedAt ?? Infinity)),
      bytes: members.reduce((sum, member) => sum + member.bytes, 0),
    }))
    .toSorted((a, b) => a.endedAt - b.endedAt)

const lastGoodRuns = (runs: readonly KeptRun[]): readonly KeptRun[] => {
  const last = new Map<string, KeptRun>()
  for (const run of runs) {
    if (run.good && (run.endedAt ?? 0) >= (last.get(run.flow)?.endedAt ?? 0)) last.set(run.flow, run)
  }
  return [...last.values()]
}
