import { access, constants, realpath, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Refused } from '#core/model/failure.ts'

export type Python = { readonly command: string; readonly env: Readonly<Record<string, string>> }

type Wanted = { readonly python?: string | undefined; readonly venv?: string | undefined }

const onWindows = process.platform === 'win32'

/** The interpreter to run; refuses when there is none, with what to install. `resolve` takes paths as written in the flow. */
export const findPython = async ({ python, venv }: Wanted, resolve: (path: string) => string): Promise<Python> => {
  if (venv !== undefined) return inVirtualEnvironment(resolve(venv), venv)
  if (python !== undefined) return { command: await named(python, resolve), env: {} }
  const command = (await onPath('python3')) ?? (await onPath('python'))
  if (command !== null) return { command, env: {} }
  throw new Refused({
    code: 'not-found',
    message: `There is no Python on this machine: neither python3 nor python is on the PATH. ${howToInstall} Or name one in “python” or “venv”.`,
  })
}

const howToInstall =
  process.platform === 'darwin'
    ? 'Install it, for example with “brew install python”, or from python.org.'
    : onWindows
      ? 'Install it from python.org, with “Add python.exe to PATH”.'
      : 'Install it, for example with “apt install python3”.'

const named = async (python: string, resolve: (path: string) => string): Promise<string> => {
  const isPath = /[/\\]/.test(python)
  const found = isPath ? await program(resolve(python)) : await onPath(python)
  if (found !== null) return found
  throw new Refused({
    code: 'not-found',
    message: isPath
      ? `There is no program “${resolve(python)}”, which “python” names. Give the path of a Python interpreter.`
      : `There is no program “${python}” on the PATH, which “python” names. Install it, or give its full path.`,
  })
}

const inVirtualEnvironment = async (folder: string, written: string): Promise<Python> => {
  const bin = join(folder, onWindows ? 'Scripts' : 'bin')
  const python = join(bin, onWindows ? 'python.exe' : 'python')
  const again = `python3 -m venv ${written}`
  if (!(await isFile(join(folder, 'pyvenv.cfg')))) {
    throw new Refused({
      code: 'not-found',
      message: `There is no virtual environment in “${folder}” (it has no pyvenv.cfg). Make one: ${again}`,
    })
  }
  if ((await program(python)) === null) {
    throw new Refused({
      code: 'not-found',
      message: `The virtual environment “${folder}” is broken: its Python (${python}) leads nowhere, perhaps because Python was upgraded or removed. Make it anew: ${again} --clear, and install its packages again.`,
    })
  }
  const path = [bin, process.env['PATH'] ?? ''].join(delimiter)
  return { command: python, env: { VIRTUAL_ENV: folder, PATH: path } }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )

/** The path, when something that can be run lies there. */
const program = async (path: string): Promise<string | null> => {
  try {
    await access(await realpath(path), constants.X_OK)
    return (await isFile(path)) ? path : null
  } catch {
    return null
  }
}

const onPath = async (name: string): Promise<string | null> => {
  const names = onWindows && !/\.exe$/i.test(name) ? [`${name}.exe`, `${name}.bat`] : [name]
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const one of names) {
      const found = folder === '' ? null : await program(join(folder, one))
      if (found !== null) return found
    }
  }
  return null
}
