import type { Route } from './route.ts'

// Written by `node sdk/build/operations.ts` from the table of operations.

export const getServer = 'GET /v1/server' as Route<'getServer'>
export const createAccount = 'POST /v1/accounts' as Route<'createAccount'>
export const createSession = 'POST /v1/sessions' as Route<'createSession'>
export const listSessions = 'GET /v1/sessions' as Route<'listSessions'>
export const endSession = 'DELETE /v1/sessions/{s}' as Route<'endSession'>
export const endOtherSessions = 'DELETE /v1/sessions' as Route<'endOtherSessions'>
export const getMe = 'GET /v1/me' as Route<'getMe'>
export const changeMe = 'PATCH /v1/me' as Route<'changeMe'>
export const changePassword = 'PUT /v1/me/password' as Route<'changePassword'>
export const exportMe = 'POST /v1/me/export' as Route<'exportMe'>
export const removeMe = 'DELETE /v1/me' as Route<'removeMe'>
export const searchAccounts = 'GET /v1/accounts' as Route<'searchAccounts'>
export const getAccount = 'GET /v1/accounts/{a}' as Route<'getAccount'>
export const listContacts = 'GET /v1/contacts' as Route<'listContacts'>
export const addContact = 'PUT /v1/contacts/{a}' as Route<'addContact'>
export const removeContact = 'DELETE /v1/contacts/{a}' as Route<'removeContact'>
export const listBlocks = 'GET /v1/blocks' as Route<'listBlocks'>
export const block = 'PUT /v1/blocks/{a}' as Route<'block'>
export const unblock = 'DELETE /v1/blocks/{a}' as Route<'unblock'>
export const listConversations = 'GET /v1/conversations' as Route<'listConversations'>
export const createConversation = 'POST /v1/conversations' as Route<'createConversation'>
export const getConversation = 'GET /v1/conversations/{c}' as Route<'getConversation'>
export const changeConversation = 'PATCH /v1/conversations/{c}' as Route<'changeConversation'>
export const changeMembership = 'PATCH /v1/conversations/{c}/me' as Route<'changeMembership'>
export const markRead = 'PUT /v1/conversations/{c}/read' as Route<'markRead'>
export const searchDirectory = 'GET /v1/directory' as Route<'searchDirectory'>
export const enterConversation = 'POST /v1/directory/enter' as Route<'enterConversation'>
export const listMembers = 'GET /v1/conversations/{c}/members' as Route<'listMembers'>
export const putMember = 'PUT /v1/conversations/{c}/members/{a}' as Route<'putMember'>
export const removeMember = 'DELETE /v1/conversations/{c}/members/{a}' as Route<'removeMember'>
export const liftBan = 'DELETE /v1/conversations/{c}/bans/{a}' as Route<'liftBan'>
export const createInvite = 'POST /v1/conversations/{c}/invites' as Route<'createInvite'>
export const listInvites = 'GET /v1/conversations/{c}/invites' as Route<'listInvites'>
export const revokeInvite = 'DELETE /v1/conversations/{c}/invites/{i}' as Route<'revokeInvite'>
export const joinByInvite = 'POST /v1/invites/{code}/join' as Route<'joinByInvite'>
export const sendMessage = 'POST /v1/conversations/{c}/messages' as Route<'sendMessage'>
export const listMessages = 'GET /v1/conversations/{c}/messages' as Route<'listMessages'>
export const getMessage = 'GET /v1/conversations/{c}/messages/{seq}' as Route<'getMessage'>
export const editMessage = 'PATCH /v1/conversations/{c}/messages/{seq}' as Route<'editMessage'>
export const deleteMessage = 'DELETE /v1/conversations/{c}/messages/{seq}' as Route<'deleteMessage'>
export const putReaction = 'PUT /v1/conversations/{c}/messages/{seq}/reactions/{key}' as Route<'putReaction'>
export const removeReaction =
  'DELETE /v1/conversations/{c}/messages/{seq}/reactions/{key}' as Route<'removeReaction'>
export const pinMessage = 'PUT /v1/conversations/{c}/pins/{seq}' as Route<'pinMessage'>
export const unpinMessage = 'DELETE /v1/conversations/{c}/pins/{seq}' as Route<'unpinMessage'>
export const listPins = 'GET /v1/conversations/{c}/pins' as Route<'listPins'>
export const listThread = 'GET /v1/conversations/{c}/threads/{seq}' as Route<'listThread'>
export const listChanges = 'GET /v1/conversations/{c}/changes' as Route<'listChanges'>
export const listVersions = 'GET /v1/conversations/{c}/messages/{seq}/versions' as Route<'listVersions'>
export const listReaders = 'GET /v1/conversations/{c}/messages/{seq}/readers' as Route<'listReaders'>
export const listMentions = 'GET /v1/mentions' as Route<'listMentions'>
export const searchMessages = 'GET /v1/search' as Route<'searchMessages'>
export const signFiles = 'POST /v1/files/urls' as Route<'signFiles'>
export const listAdministeredAccounts = 'GET /v1/admin/accounts' as Route<'listAdministeredAccounts'>
export const getAdministeredAccount = 'GET /v1/admin/accounts/{a}' as Route<'getAdministeredAccount'>
export const disableAccount = 'POST /v1/admin/accounts/{a}/disable' as Route<'disableAccount'>
export const enableAccount = 'POST /v1/admin/accounts/{a}/enable' as Route<'enableAccount'>
export const signOutAccount = 'POST /v1/admin/accounts/{a}/sign-out' as Route<'signOutAccount'>
export const endAdministeredSession =
  'DELETE /v1/admin/accounts/{a}/sessions/{s}' as Route<'endAdministeredSession'>
export const deleteAccount = 'DELETE /v1/admin/accounts/{a}' as Route<'deleteAccount'>
export const listAdministeredConversations =
  'GET /v1/admin/conversations' as Route<'listAdministeredConversations'>
export const deleteConversation = 'DELETE /v1/admin/conversations/{id}' as Route<'deleteConversation'>
export const listActs = 'GET /v1/admin/audit' as Route<'listActs'>
export const startBackUp = 'POST /v1/admin/backup' as Route<'startBackUp'>
export const getBackUp = 'GET /v1/admin/backup' as Route<'getBackUp'>
export const getFigures = 'GET /v1/admin/figures' as Route<'getFigures'>
export const getTotals = 'GET /v1/admin/totals' as Route<'getTotals'>
