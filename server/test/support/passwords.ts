import type { PasswordCost } from '../../src/lib/password.ts'

/** Of test accounts: at its real cost, hashing takes a third of the processor time of the dialects' tests. */
export const CHEAP: PasswordCost = { memory: 8, passes: 1 }
