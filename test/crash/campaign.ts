import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { writeFlow } from './flow.ts'
import { randomFrom } from './random.ts'
import type { Remote } from './remote.ts'
import { playRound, type Round } from './round.ts'
import { victims, type Victim } from './strike.ts'

export type CampaignOptions = {
  readonly kills: number
  readonly seed: number
  /** Where flows load into beside DuckDB, or null. */
  readonly remote: Remote | null
  say(line: string): void
}

export type CampaignResult = {
  readonly name: 'crash'
  readonly seed: number
  readonly kills: number
  readonly killed: Readonly<Record<Victim, number>>
  readonly rounds: number
  readonly resumes: number
  readonly missed: number
  readonly repeatedLoads: number
  readonly seconds: number
  readonly problems: readonly string[]
  readonly pass: boolean
}

/** The most lives that are struck in one round. */
const most = 4

/**
 * Runs a flow again and again, each time in a new home, and kills the engine, a worker or both until so many kills have
 * struck. The seed decides all moments; what they hit is up to the machine.
 */
export const crashCampaign = async ({ kills, seed, remote, say }: CampaignOptions): Promise<CampaignResult> => {
  const began = performance.now()
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-crash-'))
  const rounds: Round[] = []
  const struck = () => rounds.flatMap(({ killed }) => killed)
  say(`crash campaign: ${kills} kills, seed ${seed}, in ${folder}`)
  const play = async (strikes: number, duration: number): Promise<Round> => {
    const home = path.join(folder, `home-${rounds.length}`)
    mkdirSync(home, { mode: 0o700 })
    const random = randomFrom(seed * 1009 + rounds.length)
    const database = (await remote?.createDatabase()) ?? null
    const round = await playRound({ flow, home, random, strikes, duration, remote: database })
    rounds.push(round)
    tell(round, { number: rounds.length - 1, struck: struck().length, home }, say)
    if (round.problems.length === 0) rmSync(home, { recursive: true })
    return round
  }
  const flow = await writeFlow(folder, { remote: remote !== null })
  const start = performance.now()
  const calm = await play(0, 0)
  const duration = performance.now() - start
  const draw = randomFrom(seed)
  while (calm.problems.length === 0 && struck().length < kills && rounds.length <= 4 * kills) {
    await play(Math.min(kills - struck().length, 1 + Math.floor(draw() * most)), duration)
  }
  const problems = rounds.flatMap((round) => round.problems)
  if (problems.length === 0) rmSync(folder, { recursive: true })
  return {
    name: 'crash',
    seed,
    ...sum(rounds),
    seconds: Math.round((performance.now() - began) / 1000),
    pass: problems.length === 0 && struck().length >= kills,
  }
}

const sum = (rounds: readonly Round[]) => {
  const killed = rounds.flatMap((round) => round.killed)
  const total = (of: (round: Round) => number) => rounds.reduce((before, round) => before + of(round), 0)
  const count = (victim: Victim) => killed.filter((one) => one === victim).length
  return {
    kills: killed.length,
    killed: Object.fromEntries(victims.map((victim) => [victim, count(victim)])) as Record<Victim, number>,
    rounds: rounds.length,
    resumes: total(({ resumes }) => resumes),
    missed: total(({ missed }) => missed),
    repeatedLoads: total(({ repeatedLoads }) => repeatedLoads),
    problems: rounds.flatMap(({ problems }) => problems),
  }
}

const tell = (
  { killed, missed, problems, story }: Round,
  { number, struck, home }: { number: number; struck: number; home: string },
  say: (line: string) => void,
): void => {
  say(
    `round ${number}: killed ${killed.join(', ') || 'nothing'}${missed > 0 ? `, missed ${missed}` : ''}; ${struck} kills`,
  )
  if (problems.length === 0) return
  for (const line of [...story, ...problems.map((problem) => `PROBLEM: ${problem}`)]) say(`  ${line}`)
  say(`  kept: ${home}`)
}
