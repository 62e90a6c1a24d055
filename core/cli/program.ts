import { Command } from 'commander'
import type { EngineWork } from './session.ts'
import { exitCodes, printJson, type ExitCode, type Terminal } from './terminal.ts'
import { addBlock, addBlockType } from './verbs/block.ts'
import { addDataset } from './verbs/dataset.ts'
import { addFlow } from './verbs/flow.ts'
import { addFlowRun } from './verbs/flow-run.ts'
import { secretsUseOf, wholeNumber, type Group, type SecretsUse, type Verb } from './verbs/group.ts'
import { addRun } from './verbs/run.ts'
import { addConfig, addLimits, addSecrets } from './verbs/settings.ts'

export type EngineAccess = {
  /** As given on the command line. */
  readonly home: string | undefined
  /** Null for a command that needs no secret. */
  readonly secretsUse: SecretsUse | null
  /** The file descriptor that the vault's passphrase comes from. */
  readonly passphraseDescriptor: number | null
}

export type ServeAccess = Pick<EngineAccess, 'home'> & {
  readonly host: string
  readonly port: number | null
  readonly json: boolean
  readonly open: boolean
}

export type ProgramWorld = {
  readonly terminal: Terminal
  readonly version: string
  /** Opens the home, or becomes a client of the engine that holds it; closes it when the work is done. */
  withEngine(options: EngineAccess, work: EngineWork): Promise<ExitCode>
  /** Serves the screen until it is stopped. */
  serve(options: ServeAccess): Promise<ExitCode>
  /** Told once, with how the command ended. */
  exit(code: ExitCode): void
}

/** All verbs with their options. */
export const buildProgram = (world: ProgramWorld): Command => {
  const program = new Command('millrace')
    .description('Draw data pipelines, run them on your own machine, keep the flow as YAML.')
    .option('--home <dir>', 'the folder that holds all state (or MILLRACE_HOME)')
    .option('--passphrase-fd <n>', 'read the passphrase of the vault from this file descriptor', wholeNumber)
    .exitOverride()
    .configureOutput({ writeErr: (text) => world.terminal.err(text.trimEnd()) })
  const group = (name: string, summary: string, parent = program): Command =>
    parent.command(name).description(summary).copyInheritedSettings(program)
  const verbs = (parent: Command): Group => verbsOf(parent, program, world)
  const block = group('block', 'saved configurations: storage, databases, secrets')

  addVersion(program, world)
  addServe(program, world)
  addRun(verbs(program))
  addFlow(verbs(group('flow', 'flows of the library, and flow files')))
  addFlowRun(verbs(group('flow-run', 'runs of flows')))
  addBlockType(verbs(group('type', 'kinds of blocks', block)))
  addBlock(verbs(block))
  addDataset(verbs(group('dataset', 'what flows have written: objects and tables')))
  addLimits(verbs(group('concurrency-limit', 'how many task runs with a tag run at once')))
  addConfig(verbs(group('config', 'settings of this home')))
  addSecrets(verbs(group('secrets', 'where secrets are kept: the keychain of the system, or a vault')))
  return program
}

const verbsOf = (parent: Command, program: Command, world: ProgramWorld): Group => ({
  verb: <Options extends object>({ usage, summary, options, usesSecrets = false, action }: Verb<Options>) => {
    const command = parent.command(usage).description(summary).copyInheritedSettings(program)
    options?.(command)
    command.action(async () => {
      const { home, passphraseFd = null } = program.opts<{ home?: string; passphraseFd?: number }>()
      const { terminal } = world
      const call = { terminal, args: command.args, options: command.opts<Options>() }
      const secretsUse = secretsUseOf(usesSecrets, command.args)
      const access = { home, secretsUse, passphraseDescriptor: passphraseFd }
      world.exit(await world.withEngine(access, ({ client }) => action({ ...call, client })))
    })
  },
})

const addVersion = (program: Command, { terminal, version, exit }: ProgramWorld): void => {
  program
    .command('version')
    .description('print the version')
    .option('--json', 'print one JSON object')
    .action((options: { json?: boolean }) => {
      const platform = `${process.platform}-${process.arch}`
      if (options.json) printJson(terminal, { millrace: version, node: process.versions.node, platform })
      else terminal.out(version)
      exit(exitCodes.completed)
    })
}

const addServe = (program: Command, { serve, exit }: ProgramWorld): void => {
  program
    .command('serve')
    .description('show the screen in a browser on this machine')
    .option('--port <n>', 'where to listen (default 4200, or the next free one; 0 takes any)', wholeNumber)
    .option('--host <address>', 'which address to listen at', '127.0.0.1')
    .option('--open', 'open the address in the browser')
    .option('--json', 'print one JSON object when it serves')
    .action(async ({ host, port, json, open }: { host: string; port?: number; json?: boolean; open?: boolean }) => {
      const { home } = program.opts<{ home?: string }>()
      exit(await serve({ home, host, port: port ?? null, json: json ?? false, open: open ?? false }))
    })
}
