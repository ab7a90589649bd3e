import type { PasswordCost } from '../../src/lib/password.ts'

/** Of test accounts: a third of the suite's time would go into keeping their passwords from thieves. */
export const CHEAP: PasswordCost = { memory: 8, passes: 1 }
