// `npm run package [-- --linux AppImage deb …]`: the app for this system, as a folder unless other targets are named.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.js'

const given = process.argv.slice(2)
const targets = given.some((arg) => !arg.startsWith('-c.')) ? given : ['--dir', ...given]

// Where Electron's runtime is at hand already, it is not fetched.
const runtimes = [process.env['ELECTRON_OVERRIDE_DIST_PATH'], join(root, 'node_modules/electron/dist')]
const runtime = runtimes.find((folder) => folder !== undefined && existsSync(folder))
const dist = runtime !== undefined && process.platform !== 'darwin' ? [`-c.electronDist=${runtime}`] : []

const builder = join(root, 'node_modules/electron-builder/cli.js')
const { status } = spawnSync(process.execPath, [builder, '--publish', 'never', ...targets, ...dist], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
