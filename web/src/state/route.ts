import { signal } from '@preact/signals'

/** Where the reader is: the part of the address after `#`. */
export type Route =
  | { readonly at: 'list' }
  | { readonly at: 'conversation'; readonly id: string }
  | { readonly at: 'new' }
  | { readonly at: 'settings' }
  | { readonly at: 'join'; readonly code: string }

function routeOf(hash: string): Route {
  const [at = '', rest = ''] = hash.replace(/^#?\/?/, '').split('/')
  if (at === 'c' && /^c_\d+$/.test(rest)) return { at: 'conversation', id: rest }
  if (at === 'new') return { at: 'new' }
  if (at === 'settings') return { at: 'settings' }
  if (at === 'join' && rest !== '') return { at: 'join', code: decodeURIComponent(rest) }
  return { at: 'list' }
}

export const route = signal<Route>(routeOf(location.hash))

addEventListener('hashchange', () => {
  route.value = routeOf(location.hash)
})

export const pathTo = (to: Route): string => {
  if (to.at === 'conversation') return `#/c/${to.id}`
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
