import type { ConversationHandle } from '@parlance/client'
import { sizeText } from '../../lib/size.ts'
import { type Attachment, addressOf, isPicture, view } from '../../upload/pictures.ts'

/** Pixels that a picture takes at most, of its width and height. */
const MOST = 360

interface AttachmentsProps {
  readonly place: ConversationHandle
  readonly attachments: readonly Attachment[]
}

/** The files of a message: pictures are shown, all others are named. The session's cookie lets the browser have them. */
export const Attachments = ({ place, attachments }: AttachmentsProps) => (
  <ul class="attachments">
    {attachments.map((attachment) => (
      <li key={attachment.id}>
        {isPicture(attachment) ? (
          <Picture attachment={attachment} onView={() => view(place, attachment)} />
        ) : (
          <a class="file" href={addressOf(attachment)} download={attachment.name}>
            <span dir="auto">{attachment.name}</span> <span class="quiet">{sizeText(attachment.size)}</span>
          </a>
        )}
      </li>
    ))}
  </ul>
)

/** Its space is kept before it has come, so that nothing moves. A press shows it in the viewer, or where the browser is told to. */
function Picture({ attachment, onView }: { attachment: Attachment; onView: () => void }) {
  const { width, height, name } = attachment
  const [wide, high] = [width ?? MOST, height ?? MOST]
  const scale = Math.min(1, MOST / wide, MOST / high)
  return (
    <a
      class="picture"
      href={addressOf(attachment)}
      target="_blank"
      rel="noopener noreferrer"
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        onView()
      }}
    >
      <img
        src={addressOf(attachment)}
        alt={name}
        width={Math.max(1, Math.round(wide * scale))}
        height={Math.max(1, Math.round(high * scale))}
        loading="lazy"
        decoding="async"
      />
    </a>
  )
}
