import { readFileSync } from 'node:fs'
import { type CommandLine, readCommandLine, type Syntax } from './command-line.ts'
import { type Environment, readDatabase, SETTING_NAMES } from './config/index.ts'
import { CommandEnd } from './lib/command-end.ts'
import { SettingRefusal } from './lib/settings.ts'
import { endWithNpmShell } from './npm-shell.ts'
import { start } from './start.ts'
import { StoreRefusal } from './store/store.ts'

interface Command extends Syntax {
  readonly usage: string
  readonly summary: string
  run(line: CommandLine): Promise<void>
}

// What moves data is loaded by its commands only: a start has no time for it.
const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    usage: 'start',
    summary: 'serves; the command if none is given',
    options: [],
    operands: [],
    run: ({ environment }) => start(environment),
  },
  export: {
    usage: 'export FILE',
    summary: 'writes the whole database into a file: .gz is gzipped, - is standard output',
    options: [],
    operands: ['FILE'],
    run: async ({ environment, operands: [file = ''] }) => {
      const { exportArchive } = await import('./moving/index.ts')
      await exportArchive({ database: readDatabase(environment), file })
    },
  },
  import: {
    usage: 'import FILE',
    summary: 'loads such a file into an empty database, or goes on where it was stopped',
    options: [],
    operands: ['FILE'],
    run: async ({ environment, operands: [file = ''] }) => {
      const { importArchive } = await import('./moving/index.ts')
      await importArchive({ database: readDatabase(environment), file })
    },
  },
  migrate: {
    usage: 'migrate [--from FILE]',
    summary: 'moves a SQLite file (else the one of DBPATH) to PostgreSQL (DATABASE_URL)',
    options: ['from'],
    operands: [],
    run: async ({ environment, options }) => {
      const { migrate } = await import('./moving/index.ts')
      const from = readDatabase({ DBPATH: options.from ?? environment.DBPATH })
      const database = readDatabase({ ...environment, DBPATH: undefined })
      if (database.kind !== 'postgres') throw new SettingRefusal(NO_TARGET)
      await migrate({ from, database })
    },
  },
}

const NO_TARGET =
  'DATABASE_URL must name the PostgreSQL database to move to, such as postgres://user:password@127.0.0.1:5432/parlance.'

const USAGE = `Usage: parlance <command> [--setting value …]

${Object.values(COMMANDS)
  .map(({ usage, summary }) => `  ${usage.padEnd(22)} ${summary}`)
  .join('\n')}

Every setting is an environment variable, or the same name as an option: PORT=9000 is --port 9000.
The settings: ${SETTING_NAMES.join(', ')}.
The reference documentation tells what each means.`

/** Runs one command and answers the process's exit code. */
export async function run(args: readonly string[], environment: Environment): Promise<number> {
  if (args[0] === 'help' || args.includes('--help')) return say(USAGE, 0)
  if (args[0] === '--version') return say(versionOf(), 0)
  const [name = '', ...rest] = args[0]?.startsWith('--') === false ? args : ['start', ...args]
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) return say(`"${name}" is not a command.\n\n${USAGE}`, 2)
  endWithNpmShell(environment)
  try {
    await command.run(readCommandLine(rest, command, environment))
    return 0
  } catch (error) {
    if (error instanceof CommandEnd) return say(error.message, error.exitCode)
    if (error instanceof SettingRefusal || error instanceof StoreRefusal) return say(error.message, 1)
    throw error
  }
}

function versionOf(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function say(text: string, exitCode: number): number {
  const stream = exitCode === 0 ? process.stdout : process.stderr
  stream.write(`${text}\n`)
  return exitCode
}
