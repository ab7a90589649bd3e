import type { Message } from '@parlance/client'
import { language } from '../text/index.ts'

type Attachment = Message['attachments'][number]

/** Pixels that a picture takes at most, of its width and height. */
const MOST = 360

/** The files of a message: pictures are shown, all others are named. The session's cookie lets the browser have them. */
export const Attachments = ({ attachments }: { attachments: readonly Attachment[] }) => (
  <ul class="attachments">
    {attachments.map((attachment) => (
      <li key={attachment.id}>
        {attachment.type.startsWith('image/') && attachment.width !== null ? (
          <Picture attachment={attachment} />
        ) : (
          <a class="file" href={addressOf(attachment)} download={attachment.name}>
            <span dir="auto">{attachment.name}</span> <span class="quiet">{sizeOf(attachment.size)}</span>
          </a>
        )}
      </li>
    ))}
  </ul>
)

/** Its space is kept before it has come, so that nothing moves. */
function Picture({ attachment }: { attachment: Attachment }) {
  const { width, height, name } = attachment
  const [wide, high] = [width ?? MOST, height ?? MOST]
  const scale = Math.min(1, MOST / wide, MOST / high)
  return (
    <a href={addressOf(attachment)} target="_blank" rel="noopener noreferrer">
      <img
        src={addressOf(attachment)}
        alt={name}
        width={Math.round(wide * scale)}
        height={Math.round(high * scale)}
        loading="lazy"
        decoding="async"
      />
    </a>
  )
}

const addressOf = ({ id }: Attachment): string => `/v1/files/${encodeURIComponent(id)}`

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

function sizeOf(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const unit = UNITS[step] ?? 'byte'
  return new Intl.NumberFormat(language.value, { style: 'unit', unit, maximumFractionDigits: 1 }).format(
    bytes / 1000 ** step,
  )
}
