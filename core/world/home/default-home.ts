import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export type Place = { readonly platform: NodeJS.Platform; readonly env: NodeJS.ProcessEnv; readonly user: string }

const here = (): Place => ({ platform: process.platform, env: process.env, user: homedir() })

/** `MILLRACE_HOME`, else the operating system's folder for application data. */
export const defaultHome = ({ platform, env, user }: Place = here()): string => {
  const chosen = env['MILLRACE_HOME']
  if (chosen) return resolve(chosen)
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Millrace')
  // The local folder: databases do not bear being copied between machines while they are open.
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(user, 'AppData', 'Local'), 'Millrace')
  return join(env['XDG_DATA_HOME'] || join(user, '.local', 'share'), 'millrace')
}
