import type { FakeServer } from './fake-server.ts'
import { FakeRefusal, refuse } from './refusal.ts'

/** The fake server's REST API: the reads that a client makes, and one's own settings of a conversation. */
export function answerRest(server: FakeServer, url: URL, init: RequestInit): Response {
  try {
    return Response.json(bodyFor(server, url, init))
  } catch (error) {
    if (!(error instanceof FakeRefusal)) throw error
    return Response.json(error.problem, { status: error.problem.status })
  }
}

function bodyFor(server: FakeServer, url: URL, { method, headers, body }: RequestInit): unknown {
  const token = new Headers(headers).get('Authorization')?.replace('Bearer ', '')
  const owner = server.find(token) ?? refuse('not_authorized')
  const { id } = owner.account
  if (server.refusal) refuse(server.refusal)
  if (url.pathname === '/v1/me') return owner.account
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
