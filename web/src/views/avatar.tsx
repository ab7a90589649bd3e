import { hueOf, initialsOf } from '../lib/avatar.ts'
import { t } from '../text/index.ts'

interface AvatarProps {
  readonly id: string
  readonly name: string
  readonly isOnline?: boolean | undefined
}

/** A sign of a person or a conversation, beside the name: only whether somebody is online is told by it alone. */
export const Avatar = ({ id, name, isOnline }: AvatarProps) => (
  <span class="avatar" style={{ '--hue': String(hueOf(id)) }}>
    <span aria-hidden="true">{initialsOf(name)}</span>
    {isOnline && <span class="online" role="img" aria-label={t('conversation.online')} />}
  </span>
)
