import { locale } from '../text/index.ts'
import { daysAgo } from './day.ts'

const format = (options: Intl.DateTimeFormatOptions) => {
  let made: { readonly of: string; readonly format: Intl.DateTimeFormat } | undefined
  return (date: Date): string => {
    if (made?.of !== locale.value)
      made = { of: locale.value, format: new Intl.DateTimeFormat(locale.value, options) }
    return made.format.format(date)
  }
}

const clock = format({ hour: 'numeric', minute: '2-digit' })
const weekday = format({ weekday: 'short' })
const shortDate = format({ day: 'numeric', month: 'short' })
const datedYear = format({ day: 'numeric', month: 'short', year: 'numeric' })
const longDay = format({ weekday: 'long', day: 'numeric', month: 'long' })
const longDayOfYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const dated = format({ dateStyle: 'medium', timeStyle: 'short' })
const whole = format({ dateStyle: 'full', timeStyle: 'short' })

export const timeOf = (at: string): string => clock(new Date(at))

/** The day and the time, as facts beside others show them. */
export const datedTimeOf = (at: string): string => dated(new Date(at))

export const wholeTimeOf = (at: string): string => whole(new Date(at))

/** As lists show it: the time today, the weekday in the last days, else the date. */
export function briefTimeOf(at: string, now = new Date()): string {
  const date = new Date(at)
  const days = daysAgo(date, now)
  if (days <= 0) return clock(date)
  if (days < 7) return weekday(date)
  return date.getFullYear() === now.getFullYear() ? shortDate(date) : datedYear(date)
}

export function dayNameOf(
  day: number,
  words: { readonly today: string; readonly yesterday: string },
  now = new Date(),
): string {
  const date = new Date(day)
  const days = daysAgo(date, now)
  if (days === 0) return words.today
  if (days === 1) return words.yesterday
  return date.getFullYear() === now.getFullYear() ? longDay(date) : longDayOfYear(date)
}

/** How long something took, in seconds up to two minutes, else in minutes. */
export function durationText(ms: number): string {
  const isShort = ms < 120_000
  const unit = isShort ? 'second' : 'minute'
  const options = {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: isShort ? 1 : 0,
  } as const
  return new Intl.NumberFormat(locale.value, options).format(ms / (isShort ? 1_000 : 60_000))
}
