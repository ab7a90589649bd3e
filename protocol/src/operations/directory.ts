import { DirectoryEntry, Listing } from '../conversation.ts'
import { operation } from '../operation.ts'
import { closed, PageQuery, pageOf } from '../shapes.ts'
import { Type } from '../type.ts'

export const DIRECTORY_OPERATIONS = {
  searchDirectory: operation({
    method: 'GET',
    path: '/v1/directory',
    summary: 'List the listed open conversations, by their names',
    description: 'With `search`, those whose names begin so. Without those that you are banned from.',
    tag: 'directory',
    since: 1,
    query: closed({ search: Type.Optional(Type.String({ maxLength: 200 })), ...PageQuery }),
    answers: { 200: pageOf(DirectoryEntry) },
  }),
  enterConversation: operation({
    method: 'POST',
    path: '/v1/directory/enter',
    summary: 'Enter an open conversation, listed or not, by its exact name or its gid',
    tag: 'directory',
    since: 1,
    body: closed({ name: Type.String({ minLength: 1, maxLength: 200, title: 'The name, or the gid' }) }),
    answers: { 200: Listing },
    refuses: ['not_found'],
  }),
}
