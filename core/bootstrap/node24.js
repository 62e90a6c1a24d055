import { existsSync } from 'node:fs'
import { join } from 'node:path'

const wanted = 24

/** The packages of package.json's optionalDependencies that carry a Node; npm installs the one that fits, if any. */
const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'

/**
 * The Node the project runs on: the running one where it is new enough, else the one npm installed.
 * @param {string} root
 */
export const findNode = (root) => {
  if (Number.parseInt(process.versions.node) >= wanted) return process.execPath
  // Beside us when this package was itself installed and npm put its dependencies in one folder.
  const places = [join(root, 'node_modules', packageName, binary), join(root, '..', packageName, binary)]
  return places.find((place) => existsSync(place)) ?? null
}

export const nodeMissing = [
  `Millrace runs on Node ${wanted} or newer; this is Node ${process.versions.node}, and the npm registry has no`,
  `Node ${wanted} for ${process.platform}-${process.arch} (or it was not installed).`,
  `Install Node ${wanted} from https://nodejs.org/en/download, then run the same command again.`,
].join('\n')
