// `npm run check`
import { conclude } from './conclude.ts'
import { runCheck } from './run-check.ts'

conclude(await runCheck())
