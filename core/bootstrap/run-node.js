import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { pathToFileURL } from 'node:url'

/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program under the given Node: in this process where that is the one, else in a child that gets our signals
 * and whose exit code becomes ours.
 * @param {string} node
 * @param {string} file
 * @param {string[]} args
 * @param {string} cwd
 */
export const runNode = async (node, file, args, cwd) => {
  if (node === process.execPath) {
    process.chdir(cwd)
    process.argv = [node, file, ...args]
    await import(pathToFileURL(file).href)
    return
  }
  const child = spawn(node, [file, ...args], { cwd, stdio: 'inherit' })
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`${node} could not be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))
}
