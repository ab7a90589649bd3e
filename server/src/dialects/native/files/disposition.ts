import { mayBeShown } from '../../../core/chat.ts'

/** The type that a file is served as: only what pages may show has its own. */
export const servedType = (type: string): string => (mayBeShown(type) ? type : 'application/octet-stream')

/** Content-Disposition (RFC 6266): an older client gets the name's ASCII. */
export function dispositionOf({ name, type }: { readonly name: string; readonly type: string }): string {
  const kind = mayBeShown(type) ? 'inline' : 'attachment'
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const full = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${plain}"; filename*=UTF-8''${full}`
}
