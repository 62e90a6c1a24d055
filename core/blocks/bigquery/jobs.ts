import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { GoogleRefused } from '#core/google/google-refused.ts'
import { Refused } from '#core/model/failure.ts'
import { anything, jobAnswer, type JobAnswer } from './answers.ts'
import type { Api } from './api.ts'
import { placeOf, refusedJob } from './explain.ts'

/** A job is known by its project, its location and its id. */
export type JobPlace = { readonly id: string; readonly location: string }

export type Submit = (place: JobPlace) => Promise<JobAnswer | 'submitted already'>

export type Once = {
  /** Of the load; jobs of the same step of it have the same id, whoever submits them. */
  readonly loadId: string
  readonly step: 'load' | 'merge' | 'execute'
  readonly location: string
  readonly signal: AbortSignal
  readonly submit: Submit
  /** Whether what an earlier job made is there still; else it is made again. */
  isThere?(): Promise<boolean>
}

export type Done = { readonly job: JobAnswer; readonly place: JobPlace; readonly repeated: boolean }

/** Where somebody can look at it. */
const linkTo = ({ target }: Api, { id, location }: JobPlace): string =>
  `https://console.cloud.google.com/bigquery?project=${target.project}&j=bq:${location}:${id}&page=queryresults`

/** A job id tells what it is for; the hash keeps apart what the letters do not. */
const jobId = (loadId: string, step: string, number: number): string => {
  const hash = createHash('sha256').update(loadId).digest('hex').slice(0, 12)
  const readable = loadId.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 200)
  return `millrace_${readable}_${hash}_${step}_${number}`
}

/** For what may be done again: only its submission is not repeated. */
export const newJobId = (step: string): string => `millrace_${step}_${randomUUID()}`

/** More failed tries than this of one load are a mistake in the flow. */
const mostTries = 1000

/**
 * One job that succeeds for each load id. BigQuery takes a job id once, so a job that was submitted by a process that
 * died is found and waited for. One that failed changed nothing; the next number is for another try.
 */
export const doOnce = async (api: Api, once: Once): Promise<Done> => {
  const { loadId, step, location, signal, submit, isThere = () => Promise.resolve(true) } = once
  for (let number = 0; number < mostTries; number += 1) {
    const place = { id: jobId(loadId, step, number), location }
    const earlier = await findJob(api, place, signal)
    if (earlier !== null) {
      const ended = await awaited(api, place, { job: earlier, signal })
      if (ended.status.errorResult === undefined && (await isThere())) return { job: ended, place, repeated: true }
      continue
    }
    return submitAndAwait(api, place, { submit, signal })
  }
  throw new Refused({ code: 'limit', message: `The load ${loadId} was tried ${mostTries} times and failed each time.` })
}

/** Its id is not taken yet. When it was submitted and is not wanted any more, it is cancelled. */
export const submitAndAwait = async (
  api: Api,
  place: JobPlace,
  { submit, signal }: Pick<Once, 'submit' | 'signal'>,
): Promise<Done> => {
  const submitted = await submit(place).catch(async (error: unknown) => {
    if (signal.aborted) await cancelJob(api, place)
    throw error
  })
  api.target.note(`BigQuery job: ${linkTo(api, place)}`)
  const found = submitted === 'submitted already' ? await existing(api, place, signal) : submitted
  const job = await awaited(api, place, { job: found, signal })
  const { errorResult } = job.status
  if (errorResult !== undefined) throw refusedJob(errorResult, placeOf(api.target))
  return { job, place, repeated: false }
}

/** For a job without bytes: its configuration says all. */
export const inserting =
  (api: Api, configuration: object, signal: AbortSignal): Submit =>
  async ({ id, location }) => {
    const jobReference = { projectId: api.target.project, jobId: id, location }
    try {
      return await api.call({ method: 'POST', path: '/jobs', body: { jobReference, configuration } }, jobAnswer, signal)
    } catch (error) {
      if (isTaken(error)) return 'submitted already'
      throw error
    }
  }

/** The id of the job is taken: an earlier try of the same submission came through, though its answer was lost. */
export const isTaken = (error: unknown): boolean =>
  error instanceof GoogleRefused && error.answer.status === 409 && /Already Exists: Job/i.test(error.answer.message)

const findJob = (api: Api, { id, location }: JobPlace, signal: AbortSignal): Promise<JobAnswer | null> =>
  api.find({ method: 'GET', path: `/jobs/${id}`, query: { location } }, jobAnswer, signal)

const existing = async (api: Api, place: JobPlace, signal: AbortSignal): Promise<JobAnswer> => {
  const job = await findJob(api, place, signal)
  if (job !== null) return job
  throw new Refused({
    code: 'conflict',
    retryable: true,
    message: `BigQuery says that the job ${place.id} exists, and does not find it.`,
  })
}

/** How long is waited between questions whether a job has ended: a part of how long it has taken; milliseconds. */
const [shortest, longest, part] = [60, 3_000, 0.1]

const awaited = async (
  api: Api,
  place: JobPlace,
  { job, signal }: { job: JobAnswer; signal: AbortSignal },
): Promise<JobAnswer> => {
  const began = performance.now()
  let now = job
  while (now.status.state !== 'DONE') {
    const wait = Math.min(longest, Math.max(shortest, (performance.now() - began) * part))
    try {
      await sleep(wait, undefined, { signal })
      now = await existing(api, place, signal)
    } catch (error) {
      if (!signal.aborted) throw error
      await cancelJob(api, place)
      throw new Refused({ code: 'cancelled', message: 'Stopped, and the job in BigQuery was cancelled.' })
    }
  }
  return now
}

/** How long a cancellation may take, while the process is about to be ended: milliseconds. */
const patience = 4_000

const cancelJob = async (api: Api, { id, location }: JobPlace): Promise<void> => {
  const soon = AbortSignal.timeout(patience)
  const call = { method: 'POST', path: `/jobs/${id}/cancel`, query: { location } } as const
  // One that is not there was not submitted yet.
  const isAnswered = await api.find(call, anything, soon).then(
    () => true,
    () => false,
  )
  if (!isAnswered) api.target.note(`The job could not be cancelled, and goes on: ${linkTo(api, { id, location })}`)
}
