/** A setting that cannot be used. The message is one sentence for the person who wrote it. */
export class SettingRefusal extends Error {
  override readonly name = 'SettingRefusal'
}

const YES = new Set(['true', '1', 'on', 'yes'])
const NO = new Set(['false', '0', 'off', 'no'])

/** Some settings: their names, and how the values that they may have are read. */
export interface SettingsPart<Settings, Name extends string = string> {
  /** Names of all environment variables that `read` asks for, in the order of the reference. */
  readonly names: readonly Name[]
  /** Beginnings of names, beside the one that every dialect has: an unknown name that begins so may be a slip. */
  readonly prefixes: readonly string[]
  /** Throws `SettingRefusal`. `isOn` tells whether the part of the server that they are for is on. */
  read(settings: SettingsReader<Name>, isOn: boolean): Settings
}

/** The same part. Its `read` cannot ask for a name that it leaves out: that would not compile. */
export const settingsPart = <const Name extends string, Settings>(
  part: SettingsPart<Settings, Name>,
): SettingsPart<Settings, Name> => part

/** Reads typed values from environment-like text. An empty value counts as absent. Others than `Name` cannot be read. */
export class SettingsReader<in Name extends string = string> {
  readonly #values: Readonly<Record<string, string | undefined>>

  constructor(values: Readonly<Record<string, string | undefined>>) {
    this.#values = values
  }

  text(name: Name): string | undefined {
    return this.#values[name]?.trim() || undefined
  }

  flag(name: Name): boolean | undefined {
    const text = this.text(name)?.toLowerCase()
    if (text === undefined) return undefined
    if (YES.has(text)) return true
    if (NO.has(text)) return false
    throw new SettingRefusal(`${name} is "${text}"; write true or false.`)
  }

  integer(name: Name, range: { from: number; to: number }): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= range.from && value <= range.to) return value
    throw new SettingRefusal(`${name} is "${text}"; write a whole number from ${range.from} to ${range.to}.`)
  }

  choice<T extends string>(name: Name, choices: readonly T[]): T | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const choice = choices.find((known) => known === text.toLowerCase())
    if (choice) return choice
    throw new SettingRefusal(`${name} is "${text}"; write one of ${choices.join(', ')}.`)
  }

  list<T extends string>(name: Name, choices: readonly T[]): readonly T[] | undefined {
    const text = this.text(name)
    if (text === undefined || text === 'all') return undefined
    const entries = text.split(',').map((entry) => entry.trim())
    for (const entry of entries) {
      if (!choices.some((known) => known === entry)) {
        throw new SettingRefusal(
          `${name} has "${entry}"; write some of ${choices.join(', ')}, separated by commas.`,
        )
      }
    }
    return choices.filter((known) => entries.includes(known))
  }
}
