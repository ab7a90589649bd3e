import type { Listing } from '@parlance/client'
import { t } from '../text/index.ts'

/** In the place of the composer, for somebody who may not write: why, and who could change it. */
export const NotAllowed = ({ listing }: { listing: Listing }) => (
  <p class="not-allowed quiet">
    {t(listing.me.role === 'reader' ? 'conversation.readerOnly' : 'conversation.mayNotWrite')}
  </p>
)
