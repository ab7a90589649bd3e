import type { ConversationHandle, Message } from '@parlance/client'
import { signal } from '@preact/signals'

export type Attachment = Message['attachments'][number]

/** Whether a page can show it: the server knows the size of each picture of a kind that browsers show. */
export const isPicture = ({ type, width }: Attachment): boolean => type.startsWith('image/') && width !== null

export const addressOf = ({ id }: Attachment): string => `/v1/files/${encodeURIComponent(id)}`

interface Viewed {
  readonly pictures: readonly Attachment[]
  readonly at: number
}

/** The pictures that are looked at in the viewer, and which of them is shown. */
export const viewed = signal<Viewed | undefined>(undefined)

/** Shows a picture; from it one gets to all others of the conversation that are loaded. */
export function view(place: ConversationHandle, picture: Attachment): void {
  const pictures = place.timeline
    .get()
    .items.flatMap((item) => (item.kind === 'message' ? item.message.attachments : []))
    .filter(isPicture)
  viewed.value = {
    pictures,
    at: Math.max(
      0,
      pictures.findIndex(({ id }) => id === picture.id),
    ),
  }
}
