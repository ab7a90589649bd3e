import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { type Environment, SETTING_NAMES } from './config.ts'
import { SettingRefusal } from './lib/settings.ts'
import { createServer, readConfig } from './server.ts'
import { startBlock } from './start-block.ts'
import { StoreRefusal } from './store/store.ts'

const USAGE = `Usage: parlance start [--setting value …]

Starts the server. Every setting is an environment variable, or the same name as an option:
PORT=9000 is --port 9000. The settings: ${SETTING_NAMES.join(', ')}.
The reference documentation tells what each means.`

/** Longer than every step of a graceful shutdown together; past it something hangs. */
const SHUTDOWN_MS = 9_500

/** Runs one command and answers the process's exit code. */
export async function run(args: readonly string[], environment: Environment): Promise<number> {
  const [command = 'start', ...rest] = args
  if (command === 'help' || command === '--help' || rest.includes('--help')) return say(USAGE, 0)
  if (command !== 'start') return say(`"${command}" is not a command.\n\n${USAGE}`, 2)
  try {
    return await start({ ...environment, ...optionsOf(rest) })
  } catch (error) {
    if (error instanceof SettingRefusal || error instanceof StoreRefusal) return say(error.message, 1)
    throw error
  }
}

async function start(environment: Environment): Promise<number> {
  const config = readConfig(environment)
  const server = await createServer(config)
  // Before anybody reads that it started, and may ask it to stop.
  const asked = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  process.stdout.write(startBlock(config, server))
  await asked
  setTimeout(() => process.exit(1), SHUTDOWN_MS).unref()
  await server.close()
  return 0
}

/** `--cors-allow-origin x` sets CORS_ALLOW_ORIGIN. */
function optionsOf(args: readonly string[]): Environment {
  const options = Object.fromEntries(
    SETTING_NAMES.map((name) => [optionOf(name), { type: 'string' as const }]),
  )
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false })
    return Object.fromEntries(
      SETTING_NAMES.flatMap((name) => {
        const value = values[optionOf(name)]
        return typeof value === 'string' ? [[name, value]] : []
      }),
    )
  } catch (error) {
    throw new SettingRefusal(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const optionOf = (setting: string): string => setting.toLowerCase().replaceAll('_', '-')

function say(text: string, exitCode: number): number {
  const stream = exitCode === 0 ? process.stdout : process.stderr
  stream.write(`${text}\n`)
  return exitCode
}
