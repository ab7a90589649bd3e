import type { LimitKind } from '../transport/index.ts'

/** Paths of the main port that several dialects call, and what an address may do there only so often. */
export const SHARED_PATHS = {
  '/register': 'register',
  '/login': 'login',
} as const satisfies Readonly<Record<string, LimitKind>>

export type SharedPath = keyof typeof SHARED_PATHS

/**
 * A dialect's part in a shared path: the bodies that have this key, those that have none of the others' keys, or none.
 * One dialect has to take the bodies without any of the keys.
 */
export type Share = { readonly key: string } | 'otherwise' | 'none'
