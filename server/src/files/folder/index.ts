export { openFolder } from './folder.ts'
export { isDigest, Places } from './places.ts'
