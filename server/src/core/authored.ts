import type { MessageSent } from './events.ts'
import { type AuthoredMessage, type Conversation, type Message, type Sender, toSender } from './types.ts'

// A message as its event carries it: with its author, and with the few facts of its conversation that dialects show.

type ConversationFacts = MessageSent['conversation']

// Spelled out: it runs for every message, and a spread takes several times as long.
export const withSender = (message: Message, sender: Sender): AuthoredMessage => ({
  messageId: message.messageId,
  conversationId: message.conversationId,
  seq: message.seq,
  senderId: message.senderId,
  replyTo: message.replyTo,
  body: message.body,
  sentAt: message.sentAt,
  editedAt: message.editedAt,
  sender: toSender(sender),
  ...(message.attachments && { attachments: message.attachments }),
})

// Only what is needed: each message carries it from node to node.
export const factsOf = ({ conversationId, gid, kind, name, creatorId }: Conversation): ConversationFacts => ({
  conversationId,
  gid,
  kind,
  name,
  creatorId,
})
