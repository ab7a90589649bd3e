export { IndexedDbStorage } from './outbox/indexed-db.ts'
