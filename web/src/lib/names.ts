import type { Listing, Person } from '@parlance/client'
import { t } from '../text/index.ts'

export const nameOf = (person: Person): string => person.displayName || person.username

export const titleOf = (listing: Listing): string =>
  listing.other ? nameOf(listing.other) : (listing.name ?? t('conversation.unnamed'))
