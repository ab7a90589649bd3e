import type { Listing, Member } from '@parlance/client'
import type { TextKey } from '../text/index.ts'

export type Role = Member['role']

/** Highest first. */
const ROLES: readonly Role[] = ['owner', 'admin', 'moderator', 'member', 'reader']

export const ROLE_NAMES: Readonly<Record<Role, TextKey>> = {
  owner: 'role.owner',
  admin: 'role.admin',
  moderator: 'role.moderator',
  member: 'role.member',
  reader: 'role.reader',
}

const isBelow = (role: Role, other: Role): boolean => ROLES.indexOf(role) > ROLES.indexOf(other)

/** Roles that the reader may give to a member of that role: the server's table says whether, the order of roles which. */
export function givableRoles({ can, me }: Listing, of: Role): readonly Role[] {
  if (!can.includes('changeRole') || !isBelow(of, me.role)) return []
  return ROLES.filter(
    (role) => role !== of && (role === 'owner' ? can.includes('handOver') : isBelow(role, me.role)),
  )
}

export const mayRemove = ({ can, me }: Listing, of: Role): boolean =>
  can.includes('remove') && isBelow(of, me.role)
