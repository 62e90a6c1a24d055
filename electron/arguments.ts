import path from 'node:path'

/** Stands before a script and its arguments: the app then runs it as Node would. */
const scriptSwitch = '--millrace-script'

export type ScriptCall = { readonly file: string; readonly args: readonly string[] }

/** The script this process was started for; null in the app itself. After `--` nothing is a switch of Chromium's. */
export const scriptIn = (args: readonly string[]): ScriptCall | null => {
  const at = args.indexOf('--')
  const [file, ...rest] = at < 0 ? [] : args.slice(at + 1)
  return file !== undefined && args.slice(0, at).includes(scriptSwitch) ? { file, args: rest } : null
}

/** How this app runs scripts for Node. */
export const scriptCommand = (app: { execPath: string; entry: string; isPackaged: boolean; isRoot: boolean }) => ({
  command: app.execPath,
  args: [
    // Chromium's sandbox does not run as root, and it is not used: the script is the user's own program.
    ...(app.isRoot ? ['--no-sandbox'] : []),
    '--ozone-platform=headless',
    '--log-level=3',
    scriptSwitch,
    ...(app.isPackaged ? [] : [app.entry]),
    '--',
  ],
})

/** `--home DIR` or `--home=DIR`, as it was typed. */
export const homeIn = (args: readonly string[]): string | null => {
  const at = args.indexOf('--home')
  const joined = args.find((arg) => arg.startsWith('--home='))?.slice('--home='.length)
  return joined ?? (at < 0 ? null : (args[at + 1] ?? null))
}

/** The flow file to open, by its full path. `args` without the program and its entry. */
export const flowFileIn = (args: readonly string[], folder: string): string | null => {
  const file = args.find(
    (arg, index) => /\.(ya?ml|millrace)$/i.test(arg) && !/^-|^[a-z]+:\/\//.test(arg) && args[index - 1] !== '--home',
  )
  return file === undefined ? null : path.resolve(folder, file)
}

/** `millrace://flows/NAME` shows that flow of the library, and does nothing else. */
export const flowLinkIn = (args: readonly string[]): string | null => {
  for (const arg of args) {
    const name = /^millrace:\/\/flows\/([^/?#]+)\/?$/.exec(arg)?.[1]
    if (name !== undefined) return decoded(name)
  }
  return null
}

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
