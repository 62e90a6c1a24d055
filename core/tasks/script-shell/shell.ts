import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type ShellCommand = { readonly command: string; readonly args: readonly string[] }

/** These take `-e`: they stop at the first command that fails. */
const stopsAtFailure = /(^|\/)(sh|ash|bash|dash|ksh|mksh|zsh)$/

/** Linux takes arguments up to 128 KiB. */
const longestArgument = 100_000

/** The script as one argument of the shell, or as a file when it is too long for that, or the shell is cmd.exe. */
export const shellCommand = (script: string, shell: string | undefined, folder: string): ShellCommand => {
  const command = shell ?? (process.platform === 'win32' ? 'cmd.exe' : '/bin/sh')
  if (/cmd(\.exe)?$/i.test(command))
    return { command, args: ['/d', '/q', '/c', fileOf(script.replace(/\r?\n/g, '\r\n'), folder, 'script.cmd')] }
  const flags = stopsAtFailure.test(command) ? ['-e'] : []
  if (Buffer.byteLength(script) <= longestArgument) return { command, args: [...flags, '-c', script] }
  return { command, args: [...flags, fileOf(script, folder, 'script')] }
}

const fileOf = (script: string, folder: string, name: string): string => {
  const path = join(folder, name)
  writeFileSync(path, script, { mode: 0o600 })
  return path
}
