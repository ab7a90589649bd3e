export { backUpSqlite, type CopiedDatabase, checkSqliteCopy } from './backup.ts'
export { openSqliteToOperate } from './index.ts'
