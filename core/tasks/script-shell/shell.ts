import { basename } from 'node:path'
import type { ScriptCode, ScriptCommand } from '#core/kinds/scripts/run-script.ts'
import type { Files } from '#core/kinds/task-context.ts'

/** These take `-e`: they stop at the first command that fails. */
const stopsAtFailure = /(^|\/)(sh|ash|bash|dash|ksh|mksh|zsh)$/

/** Linux takes arguments up to 128 KiB. */
const longestArgument = 100_000

/** The script as one argument of the shell, or as a file when it is one, is too long for that, or the shell is cmd.exe. */
export const shellCommand = async (
  code: ScriptCode,
  shell: string | undefined,
  files: Pick<Files, 'note'>,
): Promise<ScriptCommand> => {
  const command = shell ?? (process.platform === 'win32' ? 'cmd.exe' : '/bin/sh')
  if (/cmd(\.exe)?$/i.test(command)) {
    const path = code.kind === 'file' ? code.path : await files.note('script.cmd', code.text.replace(/\r?\n/g, '\r\n'))
    return { command, args: ['/d', '/q', '/c', path] }
  }
  const flags = stopsAtFailure.test(command) ? ['-e'] : []
  if (code.kind === 'file') return { command, args: [...flags, code.path] }
  // What follows the script of `-c` is $0, which names the shell in its own messages.
  if (Buffer.byteLength(code.text) <= longestArgument)
    return { command, args: [...flags, '-c', code.text, basename(command)] }
  return { command, args: [...flags, await files.note('script', code.text)] }
}
