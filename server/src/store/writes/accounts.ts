import type { Account } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { NewAccount } from '../store.ts'
import { account, credentials, NOTHING, type OfAccount, type Rows } from './row.ts'

export interface AccountWrites {
  'accounts.create'(account: NewAccount): Account
  'accounts.setBio'(change: OfAccount & { bio: string; at: Micros }): void
  'accounts.replaceHash'(change: OfAccount & { old: string; renewed: string }): void
  'accounts.setSeen'(change: OfAccount & { at: Micros }): void
  'accounts.revoke'(change: OfAccount & { at: Micros; disable: boolean }): Micros
  'accounts.enable'(change: OfAccount): void
  'accounts.setPassword'(change: OfAccount & { passwordHash: string; at: Micros }): Micros
  'accounts.freeGuests'(bound: { unseenSince: Micros }): number
}

export const ACCOUNT_WRITES: Rows<AccountWrites> = {
  'accounts.create': { checksFirst: false, touches: () => NOTHING },
  'accounts.setBio': { checksFirst: false, touches: account },
  'accounts.replaceHash': { checksFirst: false, touches: account },
  'accounts.setSeen': { checksFirst: false, touches: account },
  'accounts.revoke': { checksFirst: false, touches: credentials },
  'accounts.enable': { checksFirst: false, touches: account },
  'accounts.setPassword': { checksFirst: false, touches: credentials },
  'accounts.freeGuests': {
    checksFirst: false,
    touches: (_bound, freed) => (freed === 0 ? NOTHING : { areNamesFreed: true }),
  },
}
