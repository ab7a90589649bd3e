export { agreedSecrets, agreeOnSecrets, SECRETS } from './agreed-secrets.ts'
export { parseSecrets, type Secrets } from './secrets.ts'
export { keepSecrets, loadSecrets, readSecrets } from './secrets-file.ts'
