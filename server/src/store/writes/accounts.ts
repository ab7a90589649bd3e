import type { Account } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { NewAccount, Numbered, PasswordChange, ProfileChange, Revocation } from '../store.ts'
import { account, credentials, NOTHING, type OfAccount, type Rows, type Touched } from './row.ts'

export interface AccountWrites {
  'accounts.create'(account: NewAccount): Account
  'accounts.setProfile'(change: ProfileChange): Numbered
  'accounts.setSettings'(change: OfAccount & { settings: string }): Numbered
  'accounts.replaceHash'(change: OfAccount & { old: string; renewed: string }): void
  'accounts.setSeen'(change: OfAccount & { at: Micros }): void
  'accounts.revoke'(change: OfAccount & Revocation): Micros
  'accounts.enable'(change: OfAccount): void
  'accounts.setPassword'(change: OfAccount & PasswordChange): Micros
  'accounts.setAdmin'(change: OfAccount & { isAdmin: boolean }): void
  'accounts.freeGuests'(bound: { unseenSince: Micros }): number
}

const ownAccount = ({ accountId }: OfAccount): Touched => ({ accountId, numbers: [accountId] })

export const ACCOUNT_WRITES: Rows<AccountWrites> = {
  'accounts.create': { checksFirst: false, touches: () => NOTHING },
  'accounts.setProfile': { checksFirst: false, touches: ownAccount },
  'accounts.setSettings': { checksFirst: false, touches: ownAccount },
  'accounts.replaceHash': { checksFirst: false, touches: account },
  'accounts.setSeen': { checksFirst: false, touches: account },
  'accounts.revoke': { checksFirst: false, touches: credentials },
  'accounts.enable': { checksFirst: false, touches: account },
  'accounts.setPassword': { checksFirst: false, touches: credentials },
  'accounts.setAdmin': { checksFirst: true, touches: account },
  'accounts.freeGuests': {
    checksFirst: false,
    touches: (_bound, freed) => (freed === 0 ? NOTHING : { areNamesFreed: true }),
  },
}
