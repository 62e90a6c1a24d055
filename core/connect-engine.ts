import path from 'node:path'
import type { Acceptor } from './api/accept.ts'
import { connect, type Connection } from './api/connect.ts'
import { relayTo } from './api/relay.ts'
import { defaultHome } from './world/home/default-home.ts'
import { socketPath } from './world/home/socket-path.ts'

/** The folder of a home: as given (relative to `folder`), else the place of the operating system. */
export const homeFolder = (given: string | undefined, folder: string): string =>
  given === undefined || given === '' ? defaultHome() : path.resolve(folder, given)

/** Becomes a client of the engine that holds a home. Rejects when it does not listen. */
export const connectEngine = (home: string): Promise<Connection> => connect(socketPath(home))

/** Looks on at the engine that holds a home, without keeping it. Rejects when it does not listen. */
export const watchEngine = (home: string): Promise<Connection> => connect(socketPath(home), { as: 'screen' })

/** Makes the screens that connect here screens of the engine that holds a home. */
export const relayToEngine = (home: string): Acceptor => relayTo(socketPath(home))
