import { createORPCClient, ORPCError } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { failureCodes, Refused, type Failure } from '#core/model/failure.ts'
import type { Contract } from './contract.ts'

/** What callers hold, whether the engine is in their own process or at the other end of a wire. */
export type EngineClient = ContractRouterClient<Contract>

export type ClientSocket = ConstructorParameters<typeof RPCLink>[0]['websocket']

/** A client over anything that is like a WebSocket. */
export const clientOver = (websocket: ClientSocket): EngineClient => createORPCClient(new RPCLink({ websocket }))

export type ClientPort = ConstructorParameters<typeof PortLink>[0]['port']

/** A client over a MessagePort, which must have been started. */
export const clientOverPort = (port: ClientPort): EngineClient => createORPCClient(new PortLink({ port }))

const isFailure = (data: unknown): data is Failure =>
  typeof data === 'object' &&
  data !== null &&
  'code' in data &&
  'message' in data &&
  failureCodes.some((code) => code === data.code)

/** The failure behind an error that a call threw: our refusals as they are, wrong input as `invalid`, the rest as a bug. */
export const failureOfCall = (error: unknown): Failure => {
  if (error instanceof Refused) return error.failure
  if (error instanceof ORPCError) {
    if (isFailure(error.data)) return error.data
    if (error.code === 'BAD_REQUEST') {
      return {
        code: 'invalid',
        message: `The engine did not understand the request: ${describeIssues(error.data)}`,
        retryable: false,
      }
    }
    return { code: 'bug', message: 'The engine made a mistake. Its log has the details.', retryable: false }
  }
  // The connection was closed before the answer came.
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'unavailable', message: 'The engine went away before it answered. Try again.', retryable: true }
  }
  return { code: 'bug', message: error instanceof Error ? error.message : String(error), retryable: false }
}

const describeIssues = (data: unknown): string => {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues))
    return 'bad input'
  return data.issues
    .map((issue: unknown) =>
      typeof issue === 'object' && issue !== null && 'message' in issue ? String(issue.message) : 'bad input',
    )
    .join('; ')
}
