import { signal } from '@preact/signals'

/** Where the reader is: the part of the address after `#`. */
type Route =
  | { readonly at: 'list' }
  /** With `seq`, at that message. */
  | { readonly at: 'conversation'; readonly id: string; readonly seq?: number }
  | { readonly at: 'search'; readonly text: string }
  | { readonly at: 'new' }
  | { readonly at: 'settings' }
  | { readonly at: 'join'; readonly code: string }

/** A part of the address that somebody may have typed: one that is not encoded well stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The place that an address leads to. One that is not known leads to the list. */
export function routeOf(hash: string): Route {
  const [at = '', rest = '', place = ''] = hash.replace(/^#?\/?/, '').split('/')
  if (at === 'c' && /^c_\d+$/.test(rest))
    return { at: 'conversation', id: rest, ...(/^[1-9]\d{0,14}$/.test(place) && { seq: Number(place) }) }
  if (at === 'search' && rest !== '') return { at: 'search', text: decoded(rest) }
  if (at === 'new') return { at: 'new' }
  if (at === 'settings') return { at: 'settings' }
  if (at === 'join' && rest !== '') return { at: 'join', code: decoded(rest) }
  return { at: 'list' }
}

export const route = signal<Route>(routeOf(location.hash))

addEventListener('hashchange', () => {
  route.value = routeOf(location.hash)
})

export const pathTo = (to: Route): string => {
  if (to.at === 'conversation') return to.seq === undefined ? `#/c/${to.id}` : `#/c/${to.id}/${to.seq}`
  if (to.at === 'search') return `#/search/${encodeURIComponent(to.text)}`
  if (to.at === 'join') return `#/join/${encodeURIComponent(to.code)}`
  return to.at === 'list' ? '#/' : `#/${to.at}`
}

/** Goes there; the way back leads to where the reader was, unless `replace` is said. */
export function go(to: Route, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', pathTo(to))
  else history.pushState(null, '', pathTo(to))
  route.value = to
}
addEventListener('popstate', () => {
  route.value = routeOf(location.hash)
})
