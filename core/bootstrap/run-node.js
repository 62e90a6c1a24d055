import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { pathToFileURL } from 'node:url'

/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

const passphraseOptions = ['--passphrase-fd', '--new-passphrase-fd']

/**
 * The three standard streams, and the descriptors that passphrases are read from: a child gets no other by itself.
 * @param {string[]} args
 * @returns {(number | 'inherit' | 'ignore')[]}
 */
const stdioFor = (args) => {
  const given = passphraseOptions.filter((option) => args.includes(option))
  const descriptors = given
    .map((option) => Number(args[args.indexOf(option) + 1]))
    .filter((one) => one > 2 && one < 256)
  const length = Math.max(2, ...descriptors) + 1
  return Array.from({ length }, (_, index) => (index < 3 ? 'inherit' : descriptors.includes(index) ? index : 'ignore'))
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
