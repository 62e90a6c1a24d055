import path from 'node:path'
import { connect, type Connection } from './api/connect.ts'
import { defaultHome } from './world/home/default-home.ts'
import { socketPath } from './world/home/socket-path.ts'

/** The folder of a home: as given (relative to `folder`), else the place of the operating system. */
export const homeFolder = (given: string | undefined, folder: string): string =>
  given === undefined || given === '' ? defaultHome() : path.resolve(folder, given)

/** Becomes a client of the engine that holds a home. Rejects when it does not listen. */
export const connectEngine = (home: string): Promise<Connection> => connect(socketPath(home))
