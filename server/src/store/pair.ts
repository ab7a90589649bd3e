import type { AccountId } from '../core/types.ts'

/** The key that makes a private conversation the pair's only one: `low:high`. */
export function pairOf([one, other]: readonly AccountId[]): string {
  if (one === undefined || other === undefined) throw new Error('a private conversation has two members')
  return `${Math.min(one, other)}:${Math.max(one, other)}`
}
