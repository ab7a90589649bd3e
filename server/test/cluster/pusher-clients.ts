import PusherLibrary from 'pusher'
import { type Credentials, RawClient } from '../pusher/pusher-world.ts'
import { KEYS } from '../support/channels.ts'
import type { Node } from './node.ts'

const CREDENTIALS: Credentials = { key: KEYS.PUSHER_KEY, secret: KEYS.PUSHER_SECRET }

/** A client of the node's Pusher server, connected. */
export function connectTo({ url }: Node): Promise<RawClient> {
  const address = `${url.replace('http', 'ws')}/app/${CREDENTIALS.key}?protocol=7`
  return new RawClient(address, { credentials: CREDENTIALS }).opened()
}

/** The official server library, which asks that node. */
export function libraryOf({ url }: Node): PusherLibrary {
  const { hostname: host, port } = new URL(url)
  return new PusherLibrary({ appId: KEYS.PUSHER_APP_ID, ...CREDENTIALS, host, port, useTLS: false })
}

/** The body of the API's answer to a signed GET. */
export async function askApi(
  node: Node,
  path: string,
  params: Record<string, string> = {},
): Promise<unknown> {
  return (await libraryOf(node).get({ path, params })).json()
}

export const dataOf = (userId: string): string => JSON.stringify({ user_id: userId })
