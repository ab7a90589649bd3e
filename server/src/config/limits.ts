import { LIMITS, type LimitKind, type Rate } from '../lib/rates.ts'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'

export type LimitSetting = `LIMIT_${string}`

const nameOf = (kind: string): LimitSetting =>
  `LIMIT_${kind.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

const KINDS = new Map(Object.keys(LIMITS).map((kind) => [nameOf(kind), kind as LimitKind]))

/** The setting of each rate limit. */
export const LIMIT_NAMES: readonly LimitSetting[] = [...KINDS.keys()]

/** The rates that a setting says: `1000/50` is 1,000 at once, then 50 a second. */
export type Rates = Partial<Readonly<Record<LimitKind, Rate>>>

export const ratesOf = (settings: SettingsReader<LimitSetting>): Rates =>
  Object.fromEntries(
    Array.from(KINDS, ([name, kind]) => [kind, rateIn(name, settings.text(name))] as const).filter(
      ([, rate]) => rate !== undefined,
    ),
  )

const RATE = /^(?<burst>[1-9]\d{0,8})\/(?<perSecond>\d{1,9}(?:\.\d{1,3})?)$/

function rateIn(name: LimitSetting, text: string | undefined): Rate | undefined {
  if (text === undefined) return undefined
  const { burst, perSecond } = RATE.exec(text)?.groups ?? {}
  if (Number(perSecond) > 0) return { burst: Number(burst), perSecond: Number(perSecond) }
  throw new SettingRefusal(
    `${name} is "${text}"; write how many at once and how many a second then, both above 0, such as 1000/50.`,
  )
}
