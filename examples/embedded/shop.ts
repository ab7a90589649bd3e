// A shop's own program, with the chat inside it: npx node examples/embedded/shop.ts
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AuthoredMessage, ChatError, createServer, readConfig } from '../../server/src/server.ts'

const { DBPATH = '.data/shop.db', PORT = '8000', SHOP_PORT = '3000' } = process.env
const settings = { DBPATH, PORT, PARLANCE_DIALECTS: 'messenger,chatapp', LOG_LEVEL: 'warn' }
const server = await createServer(readConfig(settings))
const { chat } = server

// The shop speaks through an account like any other. Nobody knows its password: only this program speaks for it.
const shop =
  (await chat.accounts.findByUsername('shop')) ??
  (await chat.accounts.register({ username: 'shop', displayName: 'The shop', password: randomUUID() }))

/** Writes to a customer, once for each order, however often the order is told. */
async function tell(username: string, order: string): Promise<number> {
  const customer = await chat.accounts.findVisible(shop.accountId, { username })
  if (!customer) return 404
  const { conversation } = await chat.conversations.openPrivate(shop.accountId, customer.accountId)
  const standing = await chat.conversations.standing(shop.accountId, conversation.conversationId)
  if (!standing) return 404
  await chat.messages.send(shop, standing, { body: `Order ${order} is on its way.`, clientId: order })
  return 204
}

async function answer({ conversationId, messageId }: AuthoredMessage): Promise<void> {
  const standing = await chat.conversations.standing(shop.accountId, conversationId)
  // Customers talk with one another too.
  if (!standing) return
  await chat.messages.send(shop, standing, { body: 'We are looking into it.', replyTo: messageId })
}

// Called after the commit of each message that this process took, whichever client sent it. It must not throw.
chat.messages.onSentHere(({ message }) => {
  if (message.senderId !== shop.accountId) answer(message).catch(console.error)
})

const orders = createHttpServer(async (request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://shop')
  const told = tell(searchParams.get('customer') ?? '', searchParams.get('order') ?? randomUUID())
  const status = await told.catch((error) => {
    console.error(error)
    // The core refuses with a code; anything else is a defect.
    return error instanceof ChatError ? 409 : 500
  })
  response.writeHead(status).end()
})
orders.listen(Number(SHOP_PORT), '127.0.0.1')
await once(orders, 'listening')
console.log('The chat is at', server.url)
console.log('The shop is at', `http://127.0.0.1:${(orders.address() as AddressInfo).port}`)

// The server installs no signal handlers: the program decides when it ends.
process.once('SIGTERM', async () => {
  orders.close()
  await server.close()
})
