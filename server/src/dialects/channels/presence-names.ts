/** Names of conversations' channels, and names written like them: no pattern opens these. */
const OWN = /^presence-(chat|notification_user)_\d/

/** Whether a presence channel is one of those that every account may enter. In a pattern `*` stands for any characters. */
export function isSharedPresence(name: string, patterns: readonly string[]): boolean {
  return name.startsWith('presence-') && !OWN.test(name) && patterns.some((pattern) => fits(name, pattern))
}

/** Matches in linear time, which a regular expression of several wildcards would not keep. */
function fits(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return name === pattern
  if (!name.startsWith(first)) return false
  let from = first.length
  for (const piece of rest) {
    const at = name.indexOf(piece, from)
    if (at < 0) return false
    from = at + piece.length
  }
  return name.length - last.length >= from && name.endsWith(last)
}
