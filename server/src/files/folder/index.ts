export { openFolder } from './folder.ts'
