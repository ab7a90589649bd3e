export { openForeignSqlite } from './foreign.ts'
export { openSqliteSource } from './source.ts'
export { makeStaging, reopenStaging } from './staging/index.ts'
export { openSqliteTarget } from './target.ts'
