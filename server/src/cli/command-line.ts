import { parseArgs } from 'node:util'
import { type Environment, SETTING_NAMES } from '../config/index.ts'
import { SettingRefusal } from '../lib/settings.ts'

export interface CommandLine {
  /** The environment, with what options say instead: `--cors-allow-origin x` sets CORS_ALLOW_ORIGIN. */
  readonly environment: Environment
  /** All that were given, by name: the command's own too. */
  readonly options: Readonly<Record<string, string | undefined>>
  /** Options without a value that were given. */
  readonly flags: ReadonlySet<string>
  /** Words that are neither options nor values of options. */
  readonly operands: readonly string[]
}

/** The options and operands that a command takes besides settings. */
export interface Syntax {
  readonly options: readonly string[]
  /** Names of options that take no value. */
  readonly flags?: readonly string[]
  /** Their names: each must be given. */
  readonly operands: readonly string[]
}

/** Throws `SettingRefusal`. */
export function readCommandLine(
  args: readonly string[],
  syntax: Syntax,
  environment: Environment,
): CommandLine {
  const { flags = [] } = syntax
  const { values, positionals } = parse(args, [...SETTING_NAMES.map(optionOf), ...syntax.options], flags)
  // An empty word comes from a shell variable that is not set.
  const missing = syntax.operands.find((_name, index) => !positionals[index])
  if (missing) throw new SettingRefusal(`${missing} is missing.`)
  const surplus = positionals[syntax.operands.length]
  if (surplus !== undefined)
    throw new SettingRefusal(
      `"${surplus}" is one word too many; options that npm is to pass on come after --, as in npm start -- --port 9000.`,
    )
  const settings = SETTING_NAMES.flatMap((name) => {
    const value = values[optionOf(name)]
    return value === undefined ? [] : [[name, value]]
  })
  return {
    environment: { ...environment, ...Object.fromEntries(settings) },
    options: values,
    flags: new Set(flags.filter((flag) => flag in values)),
    operands: positionals,
  }
}

function parse(args: readonly string[], names: readonly string[], flags: readonly string[]) {
  const options = Object.fromEntries([
    ...names.map((name) => [name, { type: 'string' as const }]),
    ...flags.map((name) => [name, { type: 'boolean' as const }]),
  ])
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    // An option is declared as one that takes a text; a flag is looked up by its name alone.
    return { values: values as CommandLine['options'], positionals }
  } catch (error) {
    const isUnknown =
      error instanceof Error && 'code' in error && error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
    throw new SettingRefusal(`${firstSentence(error)}${isUnknown ? AFTER_TWO : ''}`, { cause: error })
  }
}

/** Ids of log-ins that older versions have made may begin so, and names too. */
const AFTER_TWO = ' Write -- before a value that begins with a hyphen.'

/** The first sentence of Node's message; the others explain positional arguments. */
const firstSentence = (error: unknown): string =>
  `${(error instanceof Error ? error.message : String(error)).split(/[.\n] ?/)[0]}.`

const optionOf = (setting: string): string => setting.toLowerCase().replaceAll('_', '-')
