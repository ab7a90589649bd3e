import { signal } from '@preact/signals'

/** The column beside a conversation. */
export type Pane =
  | { readonly is: 'details' | 'pins' }
  | { readonly is: 'thread'; readonly seq: number }
  | { readonly is: 'person'; readonly id: string }

/** Where the reader is: the part of the address after `#`. */
type Route =
  | { readonly at: 'list' }
  /** With `seq`, at that message. */
  | { readonly at: 'conversation'; readonly id: string; readonly seq?: number; readonly pane?: Pane }
  | { readonly at: 'search'; readonly text: string }
  /** With `kind`, at the part that makes one of it. */
  | { readonly at: 'new'; readonly kind?: 'group' }
  | { readonly at: 'settings' }
  /** With `account`, at that one. */
  | { readonly at: 'admin'; readonly account?: string }
  | { readonly at: 'join'; readonly code: string }

/** A part of the address that somebody may have typed: one that is not encoded well stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const ACCOUNT = /^a_\d+$/
const SEQ = /^[1-9]\d{0,14}$/

function paneOf([is = '', of = '']: readonly string[]): Pane | undefined {
  if (is === 'details' || is === 'pins') return { is }
  if (is === 'thread' && SEQ.test(of)) return { is, seq: Number(of) }
  if (is === 'person' && ACCOUNT.test(of)) return { is, id: of }
  return undefined
}

function conversationOf(id: string, rest: readonly string[]): Route {
  const [place = ''] = rest
  const hasSeq = SEQ.test(place)
  const pane = paneOf(hasSeq ? rest.slice(1) : rest)
  return { at: 'conversation', id, ...(hasSeq && { seq: Number(place) }), ...(pane && { pane }) }
}

/** The place that an address leads to. One that is not known leads to the list. */
export function routeOf(hash: string): Route {
  const [at = '', first = '', ...rest] = hash.replace(/^#?\/?/, '').split('/')
  if (at === 'c' && /^c_\d+$/.test(first)) return conversationOf(first, rest)
  if (at === 'search' && first !== '') return { at: 'search', text: decoded(first) }
  if (at === 'new') return { at: 'new', ...(first === 'group' && { kind: first }) }
  if (at === 'settings') return { at }
  if (at === 'admin') return { at, ...(ACCOUNT.test(first) && { account: first }) }
  if (at === 'join' && first !== '') return { at: 'join', code: decoded(first) }
  return { at: 'list' }
}

export const route = signal<Route>(routeOf(location.hash))

addEventListener('hashchange', () => {
  route.value = routeOf(location.hash)
})

const partsOf = (pane: Pane): readonly (string | number)[] =>
  pane.is === 'thread' ? [pane.is, pane.seq] : pane.is === 'person' ? [pane.is, pane.id] : [pane.is]

export const pathTo = (to: Route): string => {
  if (to.at === 'conversation')
    return [
      '#/c',
      to.id,
      ...(to.seq === undefined ? [] : [to.seq]),
      ...(to.pane ? partsOf(to.pane) : []),
    ].join('/')
  if (to.at === 'search') return `#/search/${encodeURIComponent(to.text)}`
  if (to.at === 'join') return `#/join/${encodeURIComponent(to.code)}`
  if (to.at === 'new') return to.kind ? `#/new/${to.kind}` : '#/new'
  if (to.at === 'admin') return to.account === undefined ? '#/admin' : `#/admin/${to.account}`
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

/** Shows a pane beside the conversation that is read, or another one instead. */
export function openPane(pane: Pane): void {
  const here = route.value
  if (here.at === 'conversation') go({ ...here, pane }, { replace: here.pane !== undefined })
}

export function closePane(): void {
  const here = route.value
  if (here.at !== 'conversation' || !here.pane) return
  const { pane: _, ...rest } = here
  go(rest, { replace: true })
}
