import { SettingRefusal, type SettingsReader } from '../../lib/settings.ts'

/** The channel in which the best known public front end of the channels dialect shows who is there. */
const DEFAULT = 'presence-chitchat'
const NAME = /^presence-[-a-zA-Z0-9_=@,.;*]{1,191}$/
/** Names of conversations' channels: no setting decides who enters those. */
const OWN = /^presence-(chat|notification_user)_\d/

/** Names of presence channels, in which `*` stands for any characters. */
export function presenceNamesOf(settings: SettingsReader<'CHANNELS_PRESENCE'>): readonly string[] {
  const text = settings.text('CHANNELS_PRESENCE') ?? DEFAULT
  if (text === 'none') return []
  return text.split(',').map((entry) => {
    const name = entry.trim()
    if (!NAME.test(name)) {
      throw new SettingRefusal(
        `CHANNELS_PRESENCE has "${name}" where the name of a presence channel belongs, such as ${DEFAULT} or presence-team-*; write none for no channel.`,
      )
    }
    if (OWN.test(name)) {
      throw new SettingRefusal(
        `CHANNELS_PRESENCE has "${name}", which would be the channel of a chat: its two participants alone may be there; leave it out.`,
      )
    }
    return name
  })
}
