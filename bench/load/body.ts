/** Every body is this long, as in the comparison that the goals come from. */
export const BODY_BYTES = 100
/** '~', at both ends of a body and nowhere else in a frame. */
export const MARK = 0x7e

const SENDER_AT = 1
const COUNT_AT = 8
const SENT_AT = 17
const DIGITS = { sender: 6, count: 8, sentAt: 13 } as const

/** `~sender.count.sent at.padding~`: what the load generator must know of a message, at fixed places. */
export function bodyOf(sender: number, count: number, sentAt = 0): string {
  const head = `~${pad(sender, DIGITS.sender)}.${pad(count, DIGITS.count)}.${pad(Math.round(sentAt), DIGITS.sentAt)}.`
  return `${head.padEnd(BODY_BYTES - 1, 'x')}~`
}

/** Microseconds since the generator started. */
export const now = (): number => performance.now() * 1000

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')

const digitsAt = (bytes: Buffer, at: number, digits: number): number => {
  let value = 0
  for (let i = at; i < at + digits; i++) value = value * 10 + (bytes[i] ?? 0) - 0x30
  return value
}

export const readSender = (bytes: Buffer, at: number): number =>
  digitsAt(bytes, at + SENDER_AT, DIGITS.sender)
export const readCount = (bytes: Buffer, at: number): number => digitsAt(bytes, at + COUNT_AT, DIGITS.count)
export const readSentAt = (bytes: Buffer, at: number): number => digitsAt(bytes, at + SENT_AT, DIGITS.sentAt)

const BODY = /~(\d{6})\.(\d{8})\.\d{13}\.x+~/g

/** The counts of all bodies in a text. */
export const countsIn = (text: string): readonly number[] =>
  [...text.matchAll(BODY)].map(([, , count]) => Number(count))
