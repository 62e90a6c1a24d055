import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ensureBuilt } from './bundle.js'
import { ensureInstalled } from './install.js'
import { findNode, nodeMissing } from './node24.js'
import { refuse } from './refusal.js'
import { runNode } from './run-node.js'

const root = resolve(import.meta.dirname, '../..')

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
  await runNode(node, join(root, 'dist/millrace.mjs'), process.argv.slice(2), cwd)
}
