import { startApp } from './app.ts'
import { scriptIn } from './arguments.ts'
import { runScript } from './script.ts'

// Awaited, so that Chromium is not started for a script.
const script = scriptIn(process.argv)
if (script) await runScript(script)
else startApp()
