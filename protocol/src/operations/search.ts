import { AccountId, ConversationId, Moment } from '../ids.ts'
import { FoundPage } from '../message.ts'
import { operation } from '../operation.ts'
import { closed, PageQuery } from '../shapes.ts'
import { Type } from '../type.ts'

/** Finding messages by what they say. */
export const SEARCH_OPERATIONS = {
  searchMessages: operation({
    method: 'GET',
    path: '/v1/search',
    summary: 'Find messages by their words, in your own conversations, newest first',
    description:
      'Each message has all words of `q`, whatever their case and accents. `"Words in quotes"` follow each other, and `begin*` is the beginning of longer words. Characters of Chinese, Japanese, Thai and other scripts without spaces are found wherever they stand together. `has` asks for messages with a link, a file or, of files, a picture, the last two since level 4. What was sent is found about a second later. A page may have fewer items than asked for, even none, and still a `next`.',
    tag: 'messages',
    since: 2,
    query: closed({
      q: Type.String({ minLength: 1, maxLength: 256, title: 'At most 16 words and phrases' }),
      conversation: Type.Optional(ConversationId),
      sender: Type.Optional(AccountId),
      before: Type.Optional(Moment),
      after: Type.Optional(Moment),
      has: Type.Optional(Type.Enum(['link', 'file', 'image'])),
      ...PageQuery,
    }),
    answers: { 200: FoundPage },
    refuses: ['not_found', 'not_a_member'],
  }),
}
