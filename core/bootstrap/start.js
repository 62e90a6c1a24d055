// `npm start`. npm changes to the folder of the package and keeps the one the user typed in as INIT_CWD.
import { startCli } from './cli.js'

/** Between npm and us is a shell that dies of a signal without passing it on; a run must not go on unseen after that. */
const endWithParent = () => {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}

if (process.env['npm_lifecycle_event']) endWithParent()
await startCli(process.env['INIT_CWD'] ?? process.cwd())
