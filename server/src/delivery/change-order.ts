import type { FeedListener } from './feed.ts'

/**
 * Hands on what it is told, and reports each change whose number is not the one after the last: `DirectFeeds` relies on
 * the order in which writes are published, so a gap or a step back is a defect of ours. Tests check it; a server in
 * service does not pay for it.
 */
export function checkingOrder(listener: FeedListener, onDisorder: (disorder: Error) => void): FeedListener {
  let last: number | undefined
  return (event) => {
    if ('change' in event) {
      const { conversationId, change, type } = event
      if (last !== undefined && change !== last + 1)
        onDisorder(new Error(`conversation ${conversationId} tells change ${change}, ${type}, after ${last}`))
      last = change
    }
    listener(event)
  }
}
