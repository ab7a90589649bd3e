import type { Client, Listing } from '@parlance/client'
import { nameOf } from '../lib/names.ts'
import { useObservable } from '../lib/use-observable.ts'
import { t } from '../text/index.ts'

/** The line that tells who is writing. */
export function Typing({ client, id, listing }: { client: Client; id: string; listing: Listing }) {
  const place = client.conversation(id)
  const ids = useObservable(place.typing)
  const { items } = useObservable(place.timeline)
  const names = ids.map((account) => {
    if (listing.other?.id === account) return nameOf(listing.other)
    const said = items.findLast((item) => item.kind === 'message' && item.message.sender.id === account)
    return said?.kind === 'message' ? nameOf(said.message.sender) : '…'
  })
  const [name = '', other = ''] = names
  const text =
    names.length === 0
      ? ''
      : names.length === 1
        ? t('conversation.typing.one', { name })
        : names.length === 2
          ? t('conversation.typing.two', { name, other })
          : t('conversation.typing.many')
  return (
    <p class="typing quiet" dir="auto">
      {text}
    </p>
  )
}
