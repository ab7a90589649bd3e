import { type Environment, SETTING_NAMES } from '../config/index.ts'
import { answer, outliveOutputs } from '../lib/answer.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { SettingRefusal } from '../lib/settings.ts'
import { versionOf } from '../lib/version.ts'
import { StoreRefusal } from '../store/store.ts'
import { readCommandLine } from './command-line.ts'
import { COMMANDS } from './commands.ts'
import { endWithNpmShell } from './npm-shell.ts'

const USAGE_WIDTH = 50

const USAGE = `Usage: parlance <command> [--setting value …]

${Object.values(COMMANDS)
  .map(({ usage, summary }) => `  ${usage.padEnd(USAGE_WIDTH)} ${summary}`)
  .join('\n')}

Every setting is an environment variable, or the same name as an option: PORT=9000 is --port 9000.
The settings: ${SETTING_NAMES.join(', ')}.
The reference documentation tells what each means.`

/** Runs one command and answers the process's exit code. */
export async function run(args: readonly string[], environment: Environment): Promise<number> {
  outliveOutputs()
  try {
    await carryOut(args, environment)
    return 0
  } catch (error) {
    if (error instanceof CommandEnd) return say(error.message, error.exitCode)
    if (error instanceof SettingRefusal || error instanceof StoreRefusal) return say(error.message, 1)
    throw error
  }
}

async function carryOut(args: readonly string[], environment: Environment): Promise<void> {
  if (args[0] === 'help' || args.includes('--help')) return answer(`${USAGE}\n`)
  if (args[0] === '--version') return answer(`${versionOf()}\n`)
  const { name, command, rest } = commandOf(args)
  if (!command) throw new CommandEnd(`"${name}" is not a command.\n\n${USAGE}`, { exitCode: 2 })
  endWithNpmShell(environment)
  await command.run(readCommandLine(rest, command, environment))
}

/** A command's name is one word or two; without any, it is `start`. */
function commandOf(args: readonly string[]) {
  const [first = '--', second = ''] = args
  if (first.startsWith('--')) return { name: 'start', command: COMMANDS.start, rest: args }
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ')
    if (Object.hasOwn(COMMANDS, name)) return { name, command: COMMANDS[name], rest: args.slice(words) }
  }
  // Where the first word is a noun that has commands, the second word is the slip.
  const isNoun = Object.keys(COMMANDS).some((name) => name.startsWith(`${first} `))
  return { name: isNoun ? `${first} ${second}`.trim() : first, command: undefined, rest: [] }
}

function say(sentence: string, exitCode: number): number {
  process.stderr.write(`${sentence}\n`)
  return exitCode
}
