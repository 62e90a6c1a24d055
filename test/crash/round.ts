import { z } from 'zod'
import type { RemoteDatabase } from './remote.ts'
import { live, setUp, type Life, type Said } from './life.ts'
import type { Random } from './random.ts'
import { describeStrike, drawStrike, strike, type Victim } from './strike.ts'
import { verify } from './verify.ts'

export type RoundOptions = {
  readonly flow: string
  readonly home: string
  readonly random: Random
  /** How many lives are struck at most. */
  readonly strikes: number
  readonly remote: RemoteDatabase | null
  /** Milliseconds that an undisturbed run takes. */
  readonly duration: number
}

export type Round = {
  readonly killed: readonly Victim[]
  readonly resumes: number
  /** Strikes that came after the end. */
  readonly missed: number
  /** Loads that found themselves done by an attempt that had died. */
  readonly repeatedLoads: number
  readonly problems: readonly string[]
  /** What was done, for the report of a problem. */
  readonly story: readonly string[]
}

/** Lives without a strike that a run may need: the first may only find out that the run has crashed. */
const spareLives = 2

/** Runs the flow in a new home, kills what the strikes say, resumes until it is completed, and looks at what is there. */
export const playRound = async (options: RoundOptions): Promise<Round> => {
  const { home, random, remote } = options
  if (remote) await setUp(remote.block, home)
  const killed: Victim[] = []
  const said: Said[] = []
  const story: string[] = []
  const problems: string[] = []
  let [flowRun, missed, lives, calm, completed]: [string | null, number, number, number, boolean] = [
    null,
    0,
    0,
    0,
    false,
  ]
  while (!completed && calm <= spareLives) {
    const next = lives < options.strikes ? drawStrike(random, options.duration * 0.7 ** lives) : null
    let victim: Victim | null = null
    const life = await live(argsOf(options, flowRun), home, async (command) => {
      if (next) victim = await strike(next, home, command)
    })
    lives += 1
    said.push(...life.said)
    flowRun ??= rootOf(life)
    completed = hasCompleted(life)
    story.push(`${life.args.join(' ')}: ${next ? describeStrike(next) : 'undisturbed'}; ${outcomeOf(life, victim)}`)
    if (victim) killed.push(victim)
    else if (next) missed += 1
    if (life.exitCode === null && (victim === null || victim === 'worker'))
      problems.push(`${life.args.join(' ')} hung or was ended by another`)
    calm = victim ? 0 : calm + 1
  }
  problems.push(
    ...(completed ? await verify(home, said) : ['the run was not completed']),
    ...(completed && remote ? await remote.verify() : []),
  )
  const repeatedLoads = said.filter((one) => one.type === 'log' && one.message.includes('nothing was loaded again'))
  return { killed, resumes: lives - 1, missed, repeatedLoads: repeatedLoads.length, problems, story }
}

/** A run that nobody saw begin may have begun all the same; then the key finds it. */
const argsOf = ({ flow }: RoundOptions, flowRun: string | null): readonly string[] =>
  flowRun === null ? ['run', flow, '--key', 'once'] : ['flow-run', 'resume', flowRun]

const rootOf = ({ said }: Life): string | null => {
  const root = said.find((one) => one.type === 'flow_run' && one.flow === 'crash')
  return root?.type === 'flow_run' ? root.id : null
}

/** What was killed after its last decision needs no resume, and is told so. */
const hasCompleted = ({ exitCode, stderr }: Life): boolean => exitCode === 0 || / is Completed: /.test(stderr)

const Result = z.object({ type: z.literal('result'), state: z.object({ name: z.string() }) })

const outcomeOf = ({ exitCode, stderr, said }: Life, victim: Victim | null): string => {
  const result = Result.safeParse(said.at(-1))
  const end = result.success ? result.data.state.name : `exit code ${exitCode} ${stderr.trim()}`
  return `${victim === null ? 'nothing' : victim} was killed; ${end}`
}
