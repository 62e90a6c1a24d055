import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './bundle.js'
import { electronArguments, findElectron, hasDisplay } from './electron.js'
import { ensureInstalled } from './install.js'
import { findNode, nodeMissing } from './node24.js'
import { refuse } from './refusal.js'
import { root } from './root.js'
import { runNode, runProgram } from './run-node.js'

/**
 * Sets up what is not yet there, then runs the command line with our arguments in `folder`.
 * @param {string} folder
 */
export const startCli = async (folder) => {
  ensureInstalled(root)
  const node = findNode(root) ?? refuse(nodeMissing)
  ensureBuilt(root, node)
  delete process.env['INIT_CWD']
  const cwd = existsSync(folder) ? folder : process.cwd()
  const args = process.argv.slice(2)
  const app = appArguments(args)
  if (app) await startApp(node, app, cwd)
  else await runNode(node, join(root, 'dist/millrace.mjs'), args, cwd)
}

/** @param {string} arg */
const isFlowFile = (arg) => /\.(ya?ml|millrace)$/i.test(arg)

/**
 * The arguments of the app, which is what is started when no other verb is given; else null.
 * @param {string[]} args
 */
const appArguments = (args) => {
  const words = args.filter((arg, index) => args[index - 1] !== '--home' && !/^--home(=|$)/.test(arg))
  const [verb] = words
  // A flow that the system opens with us comes as the only word.
  if (verb === undefined || isFlowFile(verb)) return args
  return verb === 'app' && !words.includes('--help') ? args.filter((arg) => arg !== 'app') : null
}

/**
 * The window, or where there can be none the same screen for a browser.
 * @param {string} node
 * @param {string[]} args
 * @param {string} cwd
 */
const startApp = async (node, args, cwd) => {
  const electron = hasDisplay() ? findElectron(root, node) : null
  if (electron) return runProgram(electron, electronArguments(root, args), cwd)
  const why = hasDisplay() ? 'The runtime of the desktop app could not be fetched' : 'There is no display here'
  process.stderr.write(`${why}, so Millrace shows itself in a browser instead.\n`)
  const open = hasDisplay() ? ['--open'] : []
  const options = args.filter((arg) => !isFlowFile(arg))
  return runNode(node, join(root, 'dist/millrace.mjs'), [...options, 'serve', ...open], cwd)
}
