import type { NewReadMark, PreferenceChange, PreferencesSet, ReadMarked } from '../store.ts'
import type { Rows } from './row.ts'

export interface MembershipWrites {
  'memberships.markReadUpTo'(mark: NewReadMark): ReadMarked
  'memberships.setPreferences'(change: PreferenceChange): PreferencesSet
}

export const MEMBERSHIP_WRITES: Rows<MembershipWrites> = {
  'memberships.markReadUpTo': {
    checksFirst: false,
    touches: (mark) => ({ reads: mark.conversationId, memberships: [mark], numbers: [mark.accountId] }),
  },
  'memberships.setPreferences': {
    checksFirst: false,
    touches: ({ conversationId, accountId }) => ({ reads: conversationId, numbers: [accountId] }),
  },
}
