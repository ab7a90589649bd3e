import type { ByteRange } from '../../../core/chat.ts'

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/

/**
 * The one part that a Range header asks for. Undefined where it asks for none, for several, or in a form that is not
 * understood: then the whole is the answer. Null where there is no such part.
 */
export function rangeIn(header: string | undefined, size: number): ByteRange | undefined | null {
  const [, first = '', last = ''] = RANGE.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? null : { first: size - length, last: size - 1 }
  }
  const from = Number(first)
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < from) return undefined
  return from >= size ? null : { first: from, last: to }
}
