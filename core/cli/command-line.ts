import { CommanderError } from 'commander'
import { buildProgram } from './program.ts'
import { exitCodes, processTerminal, type ExitCode } from './terminal.ts'
import { version } from '../version.ts'
import { takePassphrase } from '#core/server/take-passphrase.ts'

/** Runs one command and ends the process with its exit code once all output is written. */
export const runCommandLine = async (args: readonly string[]): Promise<void> => {
  let exitCode: ExitCode = exitCodes.completed
  const passphrase = takePassphrase(process.env)
  const program = buildProgram({
    terminal: processTerminal,
    version,
    withEngine: async (access, work) => {
      const [{ withEngine }, { homeFolder }, { unlockSecrets }] = await Promise.all([
        import('./session.ts'),
        import('../connect-engine.ts'),
        import('./unlock.ts'),
      ])
      const home = homeFolder(access.home ?? process.env['MILLRACE_HOME'], process.cwd())
      return withEngine({ home, version, terminal: processTerminal, passphrase }, async (session) => {
        if (access.secretsUse) await unlockSecrets(session.client, access.secretsUse, access.passphraseDescriptor)
        return work(session)
      })
    },
    serve: async ({ home, ...options }) => {
      const [{ serveScreen }, { homeFolder }] = await Promise.all([
        import('./commands/serve.ts'),
        import('../connect-engine.ts'),
      ])
      const folder = homeFolder(home ?? process.env['MILLRACE_HOME'], process.cwd())
      return serveScreen(processTerminal, { ...options, home: folder, version, passphrase })
    },
    exit: (code) => {
      exitCode = code
    },
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    exitCode = await explain(error)
  }
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  process.exit(exitCode)
}

const explain = async (error: unknown): Promise<ExitCode> => {
  // Commander has written its own message; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.completed : exitCodes.wrongUse
  const { failureOfCall } = await import('#core/api/client.ts')
  const { exitCodeOf, printFailure } = await import('./terminal.ts')
  const failure = failureOfCall(error)
  printFailure(processTerminal, failure)
  return exitCodeOf(failure.code)
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()))
