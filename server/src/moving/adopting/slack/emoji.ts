/** The most used of Slack's names. Any other stays as it is written, between colons. */
const EMOJI: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{
      '+1': '👍',
      thumbsup: '👍',
      '-1': '👎',
      thumbsdown: '👎',
      heart: '❤️',
      joy: '😂',
      smile: '😄',
      tada: '🎉',
    },
    ...{
      eyes: '👀',
      fire: '🔥',
      pray: '🙏',
      clap: '👏',
      wave: '👋',
      rocket: '🚀',
      white_check_mark: '✅',
      x: '❌',
    },
    ...{
      heavy_check_mark: '✔️',
      '100': '💯',
      thinking_face: '🤔',
      raised_hands: '🙌',
      muscle: '💪',
      ok_hand: '👌',
    },
    ...{
      sob: '😭',
      cry: '😢',
      laughing: '😆',
      grinning: '😀',
      sweat_smile: '😅',
      wink: '😉',
      sunglasses: '😎',
    },
    ...{
      slightly_smiling_face: '🙂',
      heart_eyes: '😍',
      open_mouth: '😮',
      scream: '😱',
      confused: '😕',
      rage: '😡',
    },
    ...{
      star: '⭐',
      sparkles: '✨',
      warning: '⚠️',
      question: '❓',
      exclamation: '❗',
      coffee: '☕',
      beers: '🍻',
    },
    ...{
      cake: '🍰',
      birthday: '🎂',
      bulb: '💡',
      bug: '🐛',
      point_up: '☝️',
      point_right: '👉',
      skull: '💀',
      zap: '⚡',
    },
  }),
)
/** As many bytes as the key of a reaction may have. */
const MAX_BYTES = 64

/** The emoji of a name, without the tone of its skin where its name has one. */
export function emojiNamed(name: string): string {
  const known = EMOJI.get(name.replace(/::skin-tone-\d$/, ''))
  if (known !== undefined) return known
  const written = `:${name.replaceAll('\0', '').toWellFormed()}:`
  return Buffer.byteLength(written) <= MAX_BYTES ? written : ':other:'
}
