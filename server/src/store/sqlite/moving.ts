export { openSqliteSource } from './source.ts'
export { openSqliteTarget } from './target.ts'
