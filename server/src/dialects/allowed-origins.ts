import { SettingRefusal } from '../lib/settings.ts'

const DEFAULT = 'http://localhost:5173'

/** The origins of CORS_ALLOW_ORIGIN, exactly as browsers send them. Throws `SettingRefusal`. */
export const originsIn = (text = DEFAULT): readonly string[] =>
  text.split(',').map((entry) => {
    const origin = originOf(entry.trim())
    if (origin !== undefined) return origin
    const why = entry.includes('*') ? "; a wildcard would let any page use its visitors' cookies" : ''
    throw new SettingRefusal(
      `CORS_ALLOW_ORIGIN has "${entry.trim()}" where an origin belongs, such as https://chat.example.org${why}.`,
    )
  })

/** Origins of pages inside applications: capacitor://localhost, tauri://localhost, chrome-extension://<id>. */
const APPLICATION_ORIGIN = /^(?!(?:wss?|ftp|file|blob|data|javascript):)[a-z][-+.a-z\d]*:\/\/[^\s/?#@*]+$/i

/** The origin as browsers send it: without the scheme's default port, and without a slash at the end. */
function originOf(text: string): string | undefined {
  if (!URL.canParse(text) || text.includes('*')) return undefined
  const { protocol, origin, href } = new URL(text)
  if (protocol === 'http:' || protocol === 'https:') return href === `${origin}/` ? origin : undefined
  const bare = text.replace(/\/$/, '')
  return APPLICATION_ORIGIN.test(bare) ? bare.replace(/^[^:]*/, (scheme) => scheme.toLowerCase()) : undefined
}
