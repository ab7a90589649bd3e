import { hueOf, initialsOf } from '../lib/avatar.ts'

export const Avatar = ({
  id,
  name,
  isOnline,
}: {
  id: string
  name: string
  isOnline?: boolean | undefined
}) => (
  <span class="avatar" style={{ '--hue': String(hueOf(id)) }} aria-hidden="true">
    {initialsOf(name)}
    {isOnline && <span class="online" />}
  </span>
)
