import type { FakeServer } from './fake-server.ts'
import { FakeRefusal, refuse } from './refusal.ts'

/** The fake server's REST API: the reads that a client makes, one's own settings of a conversation, and uploads. */
export function answerRest(server: FakeServer, url: URL, init: RequestInit): Response {
  try {
    const token = new Headers(init.headers).get('Authorization')?.replace('Bearer ', '')
    const { account } = server.find(token) ?? refuse('not_authorized')
    if (server.refusal) refuse(server.refusal)
    if (url.pathname === '/v1/me') return Response.json(account)
    return url.pathname.startsWith('/v1/uploads')
      ? server.uploads.answer(account.id, url.pathname, init)
      : Response.json(bodyFor(server, url, { ...init, id: account.id }))
  } catch (error) {
    if (!(error instanceof FakeRefusal)) throw error
    return Response.json(error.problem, { status: error.problem.status })
  }
}

function bodyFor(
  server: FakeServer,
  url: URL,
  { id, method, body }: RequestInit & { readonly id: string },
): unknown {
  if (url.pathname === '/v1/conversations') {
    const isArchived = url.searchParams.get('archived') === 'true'
    const listings = server.listingsOf(id).filter(({ me }) => me.archived === isArchived)
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const end = from + Number(url.searchParams.get('limit') ?? 50)
    return { items: listings.slice(from, end), next: end < listings.length ? String(end) : null }
  }
  const [, conversationId = '', part] = /^\/v1\/conversations\/(c_\d+)(?:\/(\w+))?$/.exec(url.pathname) ?? []
  const conversation = server.conversations.get(conversationId) ?? refuse('not_found')
  if (!conversation.members.has(id)) refuse('not_a_member')
  if (part === 'messages') return conversation.page(id, url.searchParams)
  const member = conversation.members.get(id)
  if (part === 'me' && method === 'PATCH' && member) Object.assign(member, JSON.parse(String(body)))
  return conversation.listing(id)
}
