export { exportAccount } from './account-file.ts'
export { type AccountAct, changeAccount } from './accounts.ts'
export { backUp } from './backup.ts'
export { checkSettings } from './check.ts'
export { examine } from './doctor/index.ts'
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
export { restore } from './restore.ts'
export { endSession } from './session-end.ts'
