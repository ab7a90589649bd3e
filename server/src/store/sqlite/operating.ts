export { backUpSqlite, type CopiedDatabase, checkSqliteCopy } from './backup.ts'
export { fileThere as sqliteFileThere } from './database.ts'
export { forgetEpochIn } from './epoch.ts'
export { openSqliteToOperate } from './index.ts'
