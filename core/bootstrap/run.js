// `node core/bootstrap/run.js FILE …`: installs what is missing, then runs a TypeScript file of the project.
import { delimiter, dirname, resolve } from 'node:path'
import { ensureInstalled } from './install.js'
import { findNode, nodeMissing } from './node24.js'
import { refuse } from './refusal.js'
import { root } from './root.js'
import { runNode } from './run-node.js'

const [file, ...args] = process.argv.slice(2)

ensureInstalled(root)
const node = findNode(root) ?? refuse(nodeMissing)
// Tools that say `#!/usr/bin/env node` get the same one.
process.env['PATH'] = [dirname(node), process.env['PATH']].join(delimiter)
await runNode(node, resolve(root, file ?? refuse('Name the file to run, for example test/run/check.ts.')), args, root)
