export { exportAccount } from './account-file.ts'
export { deleteAccount } from './account-removal.ts'
export { type AccountAct, changeAccount } from './accounts.ts'
export { backUp } from './backup/back-up.ts'
export { restore } from './backup/restore.ts'
export { verifyBackUp } from './backup/verify.ts'
export { checkSettings } from './check.ts'
export { deleteConversation } from './conversation-removal.ts'
export { examine } from './doctor/index.ts'
export { endInvite, listInvites } from './invites.ts'
export {
  listAccounts,
  listActs,
  listConversations,
  listMembers,
  listSessions,
  showAccount,
  showConversation,
  showTotals,
} from './overviews.ts'
export { purgeConversation } from './purge.ts'
export { endSession } from './session-end.ts'
