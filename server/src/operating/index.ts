export { type AccountAct, changeAccount } from './accounts.ts'
export { backUp } from './backup.ts'
export { restore } from './restore.ts'
