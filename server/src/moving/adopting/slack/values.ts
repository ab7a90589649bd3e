// Values of Slack's JSON, which may be anything.

export const textOf = (object: object, name: string): string => {
  const value: unknown = Reflect.get(object, name)
  return typeof value === 'string' ? value : ''
}

export const objectOf = (object: object, name: string): object => {
  const value: unknown = Reflect.get(object, name)
  return typeof value === 'object' && value !== null ? value : {}
}

const listOf = (object: object, name: string): readonly unknown[] => {
  const value: unknown = Reflect.get(object, name)
  return Array.isArray(value) ? value : []
}

export const objectsOf = (object: object, name: string): readonly object[] =>
  listOf(object, name).filter((value): value is object => typeof value === 'object' && value !== null)

export const textsOf = (object: object, name: string): readonly string[] =>
  listOf(object, name).filter((value): value is string => typeof value === 'string')

/** Microseconds of seconds, such as `1500000000.000100`; undefined where they are none. */
export function microsOfSeconds(value: unknown): number | undefined {
  const [, seconds, fraction = ''] = /^(\d{1,11})(?:\.(\d{1,6}))?$/.exec(String(value)) ?? []
  return seconds === undefined ? undefined : Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0'))
}
