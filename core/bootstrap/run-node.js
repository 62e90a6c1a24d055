import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { pathToFileURL } from 'node:url'

/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * The three standard streams, and the descriptor that a passphrase is read from: a child gets no other by itself.
 * @param {string[]} args
 * @returns {(number | 'inherit' | 'ignore')[]}
 */
const stdioFor = (args) => {
  const descriptor = Number(args[args.indexOf('--passphrase-fd') + 1])
  const extra = args.includes('--passphrase-fd') && descriptor > 2 && descriptor < 256 ? descriptor : 2
  return Array.from({ length: extra + 1 }, (_, index) => (index < 3 ? 'inherit' : index === extra ? extra : 'ignore'))
}

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
  runProgram(node, [file, ...args], cwd)
}

/**
 * Runs a program that gets our signals and whose exit code becomes ours.
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 */
export const runProgram = (program, args, cwd) => {
  const child = spawn(program, args, { cwd, stdio: stdioFor(args) })
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`${program} could not be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))
}
