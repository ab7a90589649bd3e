export { openForeignPostgres } from './foreign.ts'
export { openPostgresSource } from './source.ts'
export { openPostgresTarget } from './target.ts'
